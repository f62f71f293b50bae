import Foundation
import Pictures
public import PromptSets

/// What the paths of pictures say, as in `{ratio}/{row}-{seed}.png`.
public struct FileLayout: Sendable {
  private enum Field: String, CaseIterable {
    case ratio, row, seed, prompt, steps

    /// What a field may look like.
    var pattern: String {
      switch self {
      case .ratio: #"\d+(?:\.\d+)?|\.\d+"#
      case .row, .seed, .steps: #"\d+"#
      case .prompt: "[^/]+?"
      }
    }
  }

  public let text: String
  private let expression: NSRegularExpression
  private let fields: [Field]
  private let prompts: [Int: Prompt]

  /// - Parameters:
  ///   - text: of fields in braces, texts, and `*` for anything within a folder's or a file's name
  ///   - prompts: whose rows the field `row` counts; nil where the layout has the prompts themselves
  /// - Throws: ``ImportError/badLayout(_:reason:)``
  public init(_ text: String, prompts: PromptSet?) throws(ImportError) {
    func wrong(_ reason: String) -> ImportError { .badLayout(text, reason: reason) }
    var pattern = ""
    var fields: [Field] = []
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw wrong("'{' without '}'") }
        guard let field = Field(rawValue: String(rest[..<end])) else {
          let known = Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
          throw wrong("'{\(rest[..<end])}' is no field; there are \(known)")
        }
        guard !fields.contains(field) else { throw wrong("'{\(field.rawValue)}' is there twice") }
        fields.append(field)
        pattern += "(\(field.pattern))"
        rest = rest[rest.index(after: end)...]
      case "*": pattern += "[^/]*"
      default: pattern += NSRegularExpression.escapedPattern(for: String(character))
      }
    }
    for field in [Field.ratio, .seed] where !fields.contains(field) {
      throw wrong("it has no {\(field.rawValue)}")
    }
    guard fields.contains(.prompt) || (fields.contains(.row) && prompts != nil) else {
      throw wrong("it does not say what a picture shows: use {prompt}, or {row} with --prompts")
    }
    guard let expression = try? NSRegularExpression(pattern: "^(?:.*/)?\(pattern)$") else {
      throw wrong("it cannot be matched")
    }
    self.text = text
    self.expression = expression
    self.fields = fields
    self.prompts = Dictionary(
      (prompts?.prompts ?? []).map { ($0.row, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What the path of a picture below its folder says; nil for one that has another form, or a row without a prompt.
  func facts(of path: String) -> PictureFacts? {
    let range = NSRange(path.startIndex..., in: path)
    guard let match = expression.firstMatch(in: path, range: range) else { return nil }
    var facts = PictureFacts()
    for (index, field) in fields.enumerated() {
      guard let range = Range(match.range(at: index + 1), in: path) else { return nil }
      let value = String(path[range])
      switch field {
      case .ratio: facts.ratio = Double(value.hasPrefix(".") ? "0" + value : value)
      case .row: facts.row = Int(value)
      case .seed: facts.seed = Seed(value)
      case .steps: facts.steps = Int(value)
      case .prompt: facts.prompt = value.replacing("_", with: " ")
      }
    }
    guard let ratio = facts.ratio, (0...1).contains(ratio), facts.seed != nil else { return nil }
    if facts.prompt == nil {
      guard let prompt = facts.row.flatMap({ prompts[$0] }) else { return nil }
      (facts.prompt, facts.category, facts.challenge) = (prompt.text, prompt.category, prompt.challenge)
    }
    return facts
  }
}
