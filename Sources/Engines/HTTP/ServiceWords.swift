import Foundation

/// What a service says of an error, in its own words.
enum ServiceWords {
  /// Characters that a message holds at most.
  private static let shown = 300

  /// FastAPI's `detail`, a text or a list of fields; the web UI's `errors`; ComfyUI's `error` and `node_errors`.
  private struct Body: Decodable {
    struct Field: Decodable {
      let loc: [Location]?
      let msg: String?
    }
    /// The name of a field, or the place in a list.
    struct Location: Decodable {
      let text: String
      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        text = try (try? value.decode(String.self)) ?? "\(value.decode(Int.self))"
      }
    }
    struct Message: Decodable {
      let message: String?
      let details: String?
    }
    let fields: [Field]?
    let words: [String]

    private enum CodingKeys: String, CodingKey {
      case detail, error, errors, message
      case nodes = "node_errors"
    }

    init(from decoder: any Decoder) throws {
      let all = try decoder.container(keyedBy: CodingKeys.self)
      fields = try? all.decode([Field].self, forKey: .detail)
      let texts = [CodingKeys.error, .detail, .errors, .message].compactMap { key in
        try? all.decode(String.self, forKey: key)
      }
      let message = try? all.decode(Message.self, forKey: .error)
      let nodes = (try? all.decode(ComfyUINodeErrors.self, forKey: .nodes))?.sentences ?? []
      words = ([message?.message, message?.details].compactMap(\.self) + nodes + texts).filter { !$0.isEmpty }
    }
  }

  /// Of the body of an answer with a bad status; empty where it says nothing.
  static func of(_ body: Data) -> String {
    guard let parts = try? JSONDecoder().decode(Body.self, from: body) else {
      return short(String(decoding: body.prefix(4 * shown), as: UTF8.self))
    }
    let fields = (parts.fields ?? []).map { field in
      let names = (field.loc ?? []).map(\.text).filter { $0 != "body" }
      return names.joined(separator: ".") + ": \(field.msg ?? "refused")"
    }
    var said: Set<String> = []
    return short((fields + parts.words).filter { said.insert($0).inserted }.joined(separator: ": "))
  }

  /// On one line, and not too long.
  static func short(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > shown ? words.prefix(shown - 1) + "…" : words
  }
}
