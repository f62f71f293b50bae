/// Words of a command as a POSIX shell reads them.
enum ShellWord {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")

  /// The word between single quotes, where the shell would not take it as it is.
  static func quoted(_ word: String) -> String {
    guard word.isEmpty || !word.allSatisfy(plain.contains) else { return word }
    return "'" + word.replacing("'", with: #"'\''"#) + "'"
  }

  static func joined(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
