import Foundation

/// Any JSON value, for configuration fields whose meaning depends on others.
public enum JSONValue: Decodable, Hashable, Sendable, CustomStringConvertible {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// Any number, whole or not.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// An object, by the names of its members.
  case object([String: JSONValue])

  /// Takes whatever there is.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Numbers and texts first: what most values are.
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// As in JSON, but for an object, of which there are the names of its members.
  public var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    case .string(let value): "\"\(value)\""
    case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .object(let values): "{" + values.keys.sorted().joined(separator: ", ") + "}"
    }
  }
}

extension JSONValue {
  /// The value as messages show it.
  var summary: String {
    let text = description
    return text.count <= 80 ? text : "\(text.prefix(77))..."
  }

  /// The text that it is.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// Its elements, all converted, when it is a list of so many.
  func list<Element>(_ count: ClosedRange<Int>, _ convert: (JSONValue) -> Element?) -> [Element]? {
    guard case .array(let values) = self, count.contains(values.count) else { return nil }
    let converted = values.compactMap(convert)
    return converted.count == values.count ? converted : nil
  }
}
