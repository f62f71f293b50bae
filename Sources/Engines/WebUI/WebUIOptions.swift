import Wording

/// The options of a service that has the web UI's API, by their names there.
struct WebUIOptions: Decodable, Sendable {
  enum Value: Codable, Hashable, Sendable {
    case flag(Bool)
    case number(Double)
    case text(String)
    /// A list, an object or nothing.
    case other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else if let text = try? value.decode(String.self) {
        self = .text(text)
      } else {
        self = .other
      }
    }

    func encode(to encoder: any Encoder) throws {
      var value = encoder.singleValueContainer()
      switch self {
      case .flag(let flag): try value.encode(flag)
      case .number(let number): try value.encode(number)
      case .text(let text): try value.encode(text)
      case .other: try value.encodeNil()
      }
    }

    /// Nil for what is no single value.
    var words: String? {
      switch self {
      case .flag(let flag): "\(flag)"
      case .number(let number): NumberText.exact(number)
      case .text(let text): text
      case .other: nil
      }
    }
  }

  /// One that pictures depend on, and that no request here sets.
  struct Setting: Sendable {
    let option: String
    /// As infotexts and this program name it.
    let name: String
    /// The values that need no mention.
    let usual: Set<String>
  }

  private let values: [String: Value]

  init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: Value].self)
  }

  func number(_ option: String) -> Double? {
    if case .number(let number) = values[option] { number } else { nil }
  }

  func text(_ option: String) -> String? {
    if case .text(let text) = values[option] { text } else { nil }
  }

  func flag(_ option: String) -> Bool? {
    if case .flag(let flag) = values[option] { flag } else { nil }
  }

  /// What differs from the usual, by the settings' names.
  func unusual(of settings: [Setting]) -> [String: String] {
    let found = settings.compactMap { setting -> (String, String)? in
      guard let words = values[setting.option]?.words, !setting.usual.contains(words) else { return nil }
      return (setting.name, words)
    }
    return Dictionary(found) { first, _ in first }
  }
}
