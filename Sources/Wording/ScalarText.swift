/// Texts with a syntax, taken apart as every other program does it: by Unicode scalar. To Swift a separator with an
/// accent after it is another character than the separator, and so is a line feed after a carriage return.
extension String {
  /// What stands before, between and after the separators, be it empty.
  public func parts(between separator: Unicode.Scalar) -> [Substring] {
    unicodeScalars.split(separator: separator, omittingEmptySubsequences: false).map { Substring($0) }
  }

  /// The text with another one in place of every `scalar`.
  public func replacing(scalar: Unicode.Scalar, with replacement: String) -> String {
    parts(between: scalar).joined(separator: replacement)
  }
}

extension StringProtocol {
  /// Whether the text's first scalars are those of the other one.
  public func starts(withScalarsOf prefix: String) -> Bool {
    unicodeScalars.starts(with: prefix.unicodeScalars)
  }
}
