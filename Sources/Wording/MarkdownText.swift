/// A text as it stands in GitHub's Markdown: nothing of it becomes a link, a picture, HTML or a column.
public enum MarkdownText {
  private static let special = "\\`*_[]<>&|~!".unicodeScalars
  /// Addresses become links without any mark: where one begins, these end it.
  private static let addressStarts = [("://", "\\://"), ("www.", "www\\."), ("WWW.", "WWW\\.")]

  public static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in visible(text).unicodeScalars {
      if special.contains(scalar) { result.append("\\") }
      result.append(scalar)
      // Mentions, addresses of mail and numbers of issues are found after escapes are gone; a comment parts them.
      if scalar == "@" || scalar == "#" { result.append(contentsOf: "<!-- -->".unicodeScalars) }
    }
    return addressStarts.reduce(String(result)) { $0.replacing($1.0, with: $1.1) }
  }
}
