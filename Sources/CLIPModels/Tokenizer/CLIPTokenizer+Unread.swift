extension CLIPTokenizer {
  /// The words at the end of `text` that ``encode(_:)`` drops, the one that it cuts included; nil when all fit.
  package func unread(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard isTruncated(text), !words.isEmpty else { return nil }
    // How many words fit is between these.
    var (fitting, tooMany) = (0, words.count)
    while tooMany - fitting > 1 {
      let middle = (fitting + tooMany) / 2
      if isTruncated(String(text[..<words[middle - 1].endIndex])) {
        tooMany = middle
      } else {
        fitting = middle
      }
    }
    return String(text[words[fitting].startIndex...])
  }
}
