/// A text in lines of at most `width` characters, broken at spaces; those after the first are indented. A word that is
/// longer than a line stays whole, and lines that are short enough stay as they are.
public func wrapped(_ text: String, width: Int?, indent: String = "  ") -> String {
  guard let width, width > indent.count else { return text }
  return text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
    guard paragraph.count > width else { return String(paragraph) }
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ") {
      if line.isEmpty {
        line = (lines.isEmpty ? "" : indent) + word
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = indent + word
      }
    }
    return (lines + [line]).joined(separator: "\n")
  }.joined(separator: "\n")
}
