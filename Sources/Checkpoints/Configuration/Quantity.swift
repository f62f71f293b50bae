/// What a number of a configuration stands for, and the values that make sense: the check and the message of every
/// field that has one.
public struct Quantity: Sendable, CustomStringConvertible {
  private let unit: String
  private let range: ClosedRange<Double>
  private let isWhole: Bool

  /// Whole numbers; `unit` says of what, in messages.
  public init(_ unit: String, _ range: ClosedRange<Int>) {
    self.unit = unit
    self.range = Double(range.lowerBound)...Double(range.upperBound)
    isWhole = true
  }

  /// Numbers of any kind; `unit` says of what, in messages.
  public init(_ unit: String, _ range: ClosedRange<Double>) {
    self.unit = unit
    self.range = range
    isWhole = false
  }

  /// Channels of a map.
  public static let channels = Quantity("channels", 1...65_536)
  /// The width of embeddings and hidden states.
  public static let width = Quantity("values", 1...1_048_576)
  /// Layers of a block, or of a model.
  public static let layers = Quantity("layers", 1...1000)
  /// Heads of attention.
  public static let heads = Quantity("attention heads", 1...65_536)
  /// Groups of a group norm.
  public static let groups = Quantity("groups", 1...65_536)
  /// Tokens, as of a vocabulary.
  public static let tokens = Quantity("tokens", 1...16_777_216)
  /// A place in a vocabulary.
  public static let tokenID = Quantity("the id of a token", 0...16_777_215)
  /// Sides of pictures.
  public static let pixels = Quantity("pixels", 1...8192)
  /// What is added to a variance before it divides.
  public static let epsilon = Quantity("a small summand", 1e-12...1)
  /// What something is multiplied by.
  public static let factor = Quantity("a factor", 1e-9...1e9)
  /// Every number that JSON has.
  public static let anything = Quantity("a number", -Double.infinity...Double.infinity)

  /// As in "expected …".
  public var description: String {
    let bounds =
      isWhole
      ? "\(Int(range.lowerBound)) to \(Int(range.upperBound))" : "\(range.lowerBound) to \(range.upperBound)"
    if isWhole { return "\(unit), a whole number from \(bounds)" }
    return range.upperBound == .infinity ? unit : "\(unit) from \(bounds)"
  }

  /// Whether `number` is one of these.
  public func contains(_ number: Double) -> Bool {
    range.contains(number) && (!isWhole || number == number.rounded())
  }

  /// The number that `value` is, if it is one of these.
  func number(_ value: JSONValue) -> Double? {
    guard case .number(let number) = value, contains(number) else { return nil }
    return number
  }

  /// The one whole number of these that `value` is, or those of the list that it is.
  /// - Parameter count: how many the list may hold
  func perLevel(_ value: JSONValue, _ count: ClosedRange<Int>) -> PerLevel<Int>? {
    if let number = number(value) { return PerLevel(Int(number)) }
    return value.list(count, number).map { PerLevel(levels: $0.map { Int($0) }) }
  }
}
