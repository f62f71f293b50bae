import Statistics

extension Verdict {
  /// The class that the page's style knows it by. One that was not judged looks like one that is open.
  var style: String { self == .tooFew ? Verdict.inconclusive.rawValue : rawValue }
}
