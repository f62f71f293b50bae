import Foundation

/// Any JSON value, for configuration fields whose meaning depends on others.
public enum JSONValue: Decodable, Hashable, Sendable, CustomStringConvertible {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

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

extension ModelFiles {
  /// Checks fields that are understood with certain values only; an absent field is fine.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` for the first
  ///   field, by name, that has another value.
  public func require(_ allowed: [String: [JSONValue]], in name: String) throws(CheckpointError) {
    let fields = try decode([String: JSONValue].self, from: name)
    for (field, values) in allowed.sorted(by: { $0.key < $1.key }) {
      guard let value = fields[field], !values.contains(value) else { continue }
      throw .badConfiguration(
        path: path(of: name), field: field,
        reason: "\(value) is not supported, only \(values.map(\.description).joined(separator: " or "))")
    }
  }
}

/// A configuration value that is given once for all levels or as a list, one a level.
public struct PerLevel<Value: Decodable & Sendable & Hashable>: Decodable, Hashable, Sendable {
  private let values: [Value]
  private let isList: Bool

  public init(_ value: Value) {
    values = [value]
    isList = false
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let list = try? container.decode([Value].self) {
      values = list
      isList = true
    } else {
      values = [try container.decode(Value.self)]
      isList = false
    }
  }

  /// The number of levels it must be used with, nil when it fits any.
  public var levels: Int? { isList ? values.count : nil }

  public subscript(level: Int) -> Value { isList ? values[level] : values[0] }
}
