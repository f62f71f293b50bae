/// The extents of a tensor, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "negative extent in \(dimensions)")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public var rank: Int { dimensions.count }
  /// Number of elements.
  public var count: Int { dimensions.reduce(1, *) }
  /// The innermost extent (1 for a scalar).
  public var last: Int { dimensions.last ?? 1 }
  /// Product of all extents but the innermost.
  public var rows: Int { dimensions.dropLast().reduce(1, *) }

  public subscript(_ axis: Int) -> Int { dimensions[axis < 0 ? rank + axis : axis] }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
