/// A configuration value that is given once for all levels or as a list, one a level.
package struct PerLevel<Value: Sendable & Hashable>: Hashable, Sendable {
  private let values: [Value]
  private let isList: Bool

  package init(_ value: Value) {
    values = [value]
    isList = false
  }

  package init(levels: [Value]) {
    values = levels
    isList = true
  }

  /// The number of levels it must be used with, nil when it fits any.
  package var levels: Int? { isList ? values.count : nil }

  /// The one value, or all of the list.
  package var all: [Value] { values }

  package subscript(level: Int) -> Value { isList ? values[level] : values[0] }
}
