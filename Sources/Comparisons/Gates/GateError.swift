/// A gate that cannot be understood, with the word that is why underlined.
public struct GateError: Error, Equatable, CustomStringConvertible {
  public let text: String
  /// Characters of the text that are wrong.
  public let range: Range<Int>
  public let reason: String

  public var description: String {
    let underline =
      String(repeating: " ", count: range.lowerBound) + String(repeating: "^", count: range.count)
    return "\(reason)\n  \(text)\n  \(underline)"
  }
}
