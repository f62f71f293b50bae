import Wording

/// The text `parameters` of a picture as AUTOMATIC1111's web UI writes it and other tools read it: the prompt, the
/// negative prompt, and fields in one line.
///
///     a red cube
///     Negative prompt: blurry
///     Steps: 20, Sampler: DDIM, CFG scale: 7.5, Seed: 0, Size: 512x512, Model: "a, b"
///
/// Format: `create_infotext` and `parse_generation_parameters` of the web UI's `modules`.
public struct Infotext: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var prompt: String
  public var negativePrompt: String
  /// In their order, also those that nobody here knows.
  public var fields: [Field]

  public init(prompt: String, negativePrompt: String = "", fields: [Field]) {
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.fields = fields
  }

  /// The first field called so.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  private static let negativeStart = "Negative prompt:"
  private static let fieldsStart = "Steps: "

  /// The text itself; what ``init(parsing:)`` reads, unless a line of a prompt begins as other parts do.
  public var text: String {
    var lines = [prompt]
    if !negativePrompt.isEmpty { lines.append("\(Self.negativeStart) \(negativePrompt)") }
    lines.append(fields.map { "\($0.name): \(Self.quoted($0.value))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// Reads any text: one without a line of fields is a prompt.
  public init(parsing text: String) {
    var lines = text.parts(between: "\n").map { line in
      let end = line.unicodeScalars.lastIndex { $0 != "\r" }
      return end.map { Substring(line.unicodeScalars[...$0]) } ?? ""
    }
    fields = []
    // A prompt may have such a line, too: the last one counts.
    if let line = lines.lastIndex(where: { $0.starts(withScalarsOf: Self.fieldsStart) }) {
      fields = Self.fields(lines[line...].joined(separator: "\n"))
      lines.removeSubrange(line...)
    }
    guard let line = lines.firstIndex(where: { $0.starts(withScalarsOf: Self.negativeStart) }) else {
      prompt = lines.joined(separator: "\n")
      negativePrompt = ""
      return
    }
    prompt = lines[..<line].joined(separator: "\n")
    let first = lines[line].unicodeScalars.dropFirst(Self.negativeStart.count).drop { $0 == " " }
    negativePrompt = ([Substring(first)] + lines[(line + 1)...]).joined(separator: "\n")
  }

  /// Values with separators or outer spaces are JSON strings.
  private static func quoted(_ value: String) -> String {
    let special = ",:\n\"".unicodeScalars
    guard value != value.trimmed || value.unicodeScalars.contains(where: special.contains) else {
      return value
    }
    let escapes: [(Unicode.Scalar, String)] = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n")]
    let escaped = escapes.reduce(value) { $0.replacing(scalar: $1.0, with: $1.1) }
    return "\"\(escaped)\""
  }

  /// `name: value` between commas; a value in quotation marks may hold everything.
  private static func fields(_ text: String) -> [Field] {
    var fields: [Field] = []
    var rest = text.unicodeScalars[...]
    while let colon = rest.firstIndex(of: ":") {
      let name = String(rest[..<colon]).trimmed
      rest = rest[rest.index(after: colon)...].drop { $0 == " " }
      let value: String
      if rest.first == "\"" {
        (value, rest) = unquoted(rest)
        rest = rest.drop { $0 != "," }
      } else {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        value = String(rest[..<end]).trimmed
        rest = rest[end...]
      }
      fields.append(Field(name, value))
      rest = rest.dropFirst()
    }
    return fields
  }

  /// The string that begins with a quotation mark, and what follows it.
  private static func unquoted(
    _ text: Substring.UnicodeScalarView
  ) -> (String, Substring.UnicodeScalarView) {
    var value = String.UnicodeScalarView()
    var rest = text.dropFirst()
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\"": return (String(value), rest)
      case "\\":
        guard let escaped = rest.popFirst() else { break }
        value.append(escaped == "n" ? "\n" : escaped)
      default: value.append(scalar)
      }
    }
    return (String(value), rest)
  }
}

extension String {
  fileprivate var trimmed: String {
    let isSpace = \Unicode.Scalar.properties.isWhitespace
    guard let first = unicodeScalars.firstIndex(where: { !$0[keyPath: isSpace] }),
      let last = unicodeScalars.lastIndex(where: { !$0[keyPath: isSpace] })
    else { return "" }
    return String(unicodeScalars[first...last])
  }
}
