public import Statistics

extension Margin {
  /// The margin that is written so: `0.3`, `1%`, `0.5sd` or `mlperf`.
  public init(text: String) throws(ComparisonError) {
    if text == "mlperf" {
      self = .mlperf
    } else if text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share.isFinite {
      self = .shareOfBaseline(share / 100)
    } else if text.hasSuffix("sd"), let share = Double(text.dropLast(2)), share > 0, share.isFinite {
      self = .shareOfSeedSpread(share)
    } else if let value = Double(text), value > 0, value.isFinite {
      self = .absolute(value)
    } else {
      throw .badMargin(text)
    }
  }
}
