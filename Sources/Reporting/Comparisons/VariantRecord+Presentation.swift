import ResultStore

extension VariantRecord {
  /// As the words begin a sentence or stand over a picture: `Ratio 0.5`, `12 steps (time of 0.5)`.
  var heading: String { isBaseline ? "Baseline" : title.prefix(1).uppercased() + title.dropFirst() }
}
