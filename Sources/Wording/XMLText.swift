/// XML 1.0, written line by line.
public enum XMLText {
  /// The text as it stands between tags or in an attribute between double quotes, with ``visible(_:)``'s escapes for
  /// what would steer a terminal, nearly all of which XML cannot hold, and such escapes for the rest that it cannot.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in visible(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\u{FFFE}", "\u{FFFF}": result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// An element that holds other elements or nothing, as lines.
  /// - Parameters:
  ///   - attributes: with values that are not escaped yet
  ///   - content: the lines of what it holds
  public static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [String] = []
  ) -> [String] {
    let tag = start(name, attributes)
    if content.isEmpty { return ["<\(tag)/>"] }
    return ["<\(tag)>"] + content.map { "  " + $0 } + ["</\(name)>"]
  }

  /// An element that holds a text, as one line.
  /// - Parameters:
  ///   - attributes: with values that are not escaped yet
  ///   - text: not escaped yet
  public static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
  ) -> [String] {
    ["<\(start(name, attributes))>\(escaped(text))</\(name)>"]
  }

  private static func start(_ name: String, _ attributes: KeyValuePairs<String, String>) -> String {
    ([name] + attributes.map { "\($0.key)=\"\(escaped($0.value))\"" }).joined(separator: " ")
  }
}
