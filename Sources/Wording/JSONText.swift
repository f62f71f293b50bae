/// JSON on its way to a terminal.
public enum JSONText {
  /// The same value, with an escape in place of every character in its texts that would steer a terminal, see
  /// ``visible(_:)``: encoders leave some of them as they are.
  /// - Parameter json: whose only control characters outside of texts are ends of lines
  public static func visible(_ json: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      if scalar != "\n", scalar.steersTerminals {
        let digits = String(scalar.value, radix: 16)
        result.append(
          contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
