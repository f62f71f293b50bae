/// The text with an escape in place of every character that would steer a terminal or turn its text round: control
/// characters (C0 and C1), ends of lines and the marks of bidirectional text. Everything that comes from outside goes
/// through here on its way to a terminal.
public func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: \.steersTerminals) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.steersTerminals:
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension Unicode.Scalar {
  var steersTerminals: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0: true
    // Line and paragraph separators, then marks, embeddings, overrides and isolates of direction.
    case 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
