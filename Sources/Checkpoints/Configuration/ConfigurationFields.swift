/// The fields of a configuration file, see ``ModelFiles/fields(of:)``. Each is taken by its name with a description of
/// what it may be, from which check and message both come.
///
/// Absent and null fields are nil. What was asked for is remembered; ``requireAllKnown(withoutEffect:)`` then finds
/// the fields that nobody here knows, as ``Weights/requireAllUsed(ignoring:)`` does with tensors.
public struct ConfigurationFields {
  /// The file, for messages.
  public let file: String
  /// Where the object lies in the file, as in `text_config.`.
  private let place: String
  private let values: [String: JSONValue]
  private let asked = Asked()

  private final class Asked { var names: Set<String> = [] }

  /// - Parameter place: where the object lies in the file, as in `text_config.`
  package init(_ values: [String: JSONValue], file: String, place: String = "") {
    self.values = values
    self.file = file
    self.place = place
  }

  /// All fields that are there.
  public var names: [String] { values.keys.sorted() }

  /// Whether the field is there, be it null.
  public func states(_ name: String) -> Bool { values[name] != nil }

  /// What the field holds; nil where it is absent or null.
  public func value(_ name: String) -> JSONValue? {
    asked.names.insert(name)
    return values[name] == .null ? nil : values[name]
  }

  /// A whole number; nil where the field is absent or null, as with all that follow.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where it holds something else.
  public func whole(_ name: String, _ quantity: Quantity) throws(CheckpointError) -> Int? {
    try number(name, quantity).map { Int($0) }
  }

  /// A number.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func number(_ name: String, _ quantity: Quantity) throws(CheckpointError) -> Double? {
    try take(name, "\(quantity)", quantity.number)
  }

  /// A list of numbers, of as many as `count` allows.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func numbers(
    _ name: String, _ quantity: Quantity, count: ClosedRange<Int>
  ) throws(CheckpointError) -> [Double]? {
    try take(name, Self.list(of: "\(quantity)", count)) { $0.list(count, quantity.number) }
  }

  /// A list of whole numbers, of as many as `count` allows.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func wholes(
    _ name: String, _ quantity: Quantity, count: ClosedRange<Int>
  ) throws(CheckpointError) -> [Int]? {
    try numbers(name, quantity, count: count)?.map { Int($0) }
  }

  /// One number for all levels, or a list.
  /// - Parameter count: how many the list may hold
  package func perLevel(
    _ name: String, _ quantity: Quantity, count: ClosedRange<Int>
  ) throws(CheckpointError) -> PerLevel<Int>? {
    try take(name, "\(quantity), or \(Self.list(of: "them", count))") { quantity.perLevel($0, count) }
  }

  /// One number for all layers of all levels, or a list with a level's number, or list of its layers' numbers, in each
  /// place.
  /// - Parameters:
  ///   - levels: how many the list may hold
  ///   - layers: how many the lists in it may hold
  package func perLayer(
    _ name: String, _ quantity: Quantity, levels: ClosedRange<Int>, layers: ClosedRange<Int>
  ) throws(CheckpointError) -> PerLevel<PerLevel<Int>>? {
    let lists = Self.list(of: "them, or of lists of \(layers.lowerBound) to \(layers.upperBound)", levels)
    return try take(name, "\(quantity), or \(lists)") { value in
      if let number = quantity.number(value) { return PerLevel(PerLevel(Int(number))) }
      return value.list(levels) { quantity.perLevel($0, layers) }.map { PerLevel(levels: $0) }
    }
  }

  /// True or false.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func flag(_ name: String) throws(CheckpointError) -> Bool? {
    try take(name, "true or false") { if case .bool(let flag) = $0 { flag } else { nil } }
  }

  /// A text.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func text(_ name: String) throws(CheckpointError) -> String? { try take(name, "a text", \.text) }

  /// A list of texts, of as many as `count` allows.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func texts(_ name: String, count: ClosedRange<Int>) throws(CheckpointError) -> [String]? {
    try take(name, Self.list(of: "texts", count)) { $0.list(count, \.text) }
  }

  /// One of the texts that `type` has as raw values.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where the field holds something else.
  public func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, of type: Choice.Type
  ) throws(CheckpointError) -> Choice? {
    let known = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
    return try take(name, known) { $0.text.flatMap(Choice.init) }
  }

  /// The object that the field holds.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` where it holds something else.
  public func object(_ name: String) throws(CheckpointError) -> ConfigurationFields? {
    try take(name, "an object") { value in
      guard case .object(let values) = value else { return nil }
      return ConfigurationFields(values, file: file, place: "\(place)\(name).")
    }
  }

  /// The error of a field: names the file, and where the field lies in it.
  public func error(_ name: String, _ reason: String) -> CheckpointError {
    .badConfiguration(path: file, field: place + name, reason: reason)
  }

  /// Checks fields that are understood with certain values only; an absent field is fine.
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` for the first
  ///   field, by name, that has another value.
  public func require(_ allowed: [String: [JSONValue]]) throws(CheckpointError) {
    for (field, values) in allowed.sorted(by: { $0.key < $1.key }) {
      asked.names.insert(field)
      guard let value = self.values[field], !values.contains(value) else { continue }
      let supported = values.map(\.description).joined(separator: " or ")
      throw error(field, "\(value.summary) is not supported, only \(supported)")
    }
  }

  /// Fails when there are fields that were never asked for and may change what the model computes.
  ///
  /// Those that are null have no effect, nor have the notes that libraries take, whose names begin with `_`.
  /// - Parameter names: known, and deliberately not used
  /// - Throws: ``CheckpointError/badConfiguration(path:field:reason:)`` for the first of them, by name.
  public func requireAllKnown(withoutEffect names: Set<String>) throws(CheckpointError) {
    let unknown = values.filter { name, value in
      value != .null && !name.hasPrefix("_") && !asked.names.contains(name) && !names.contains(name)
    }
    guard let first = unknown.keys.min() else { return }
    throw error(
      first,
      "is not known here and may change what the model computes; take it out only if you know that it does not"
    )
  }

  private func take<Value>(
    _ name: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws(CheckpointError) -> Value? {
    guard let value = value(name) else { return nil }
    guard let converted = convert(value) else {
      throw error(name, "is \(value.summary), expected \(expected)")
    }
    return converted
  }

  private static func list(of what: String, _ count: ClosedRange<Int>) -> String {
    let number =
      count.lowerBound == count.upperBound
      ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
    return "a list of \(number) of \(what)"
  }
}
