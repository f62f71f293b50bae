/// How a variant is called wherever it is shown.
extension VariantRecord {
  /// The ratio as people write it: `0.5`.
  public var label: String {
    let rounded = (ratio * 10_000).rounded() / 10_000
    return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
  }

  /// The label in a sentence: `ratio 0.5`.
  public var title: String { "ratio \(label)" }
}
