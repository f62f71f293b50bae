/// The extents of a tensor, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// One extent of each axis.
  public let dimensions: [Int]

  /// - Precondition: no extent is negative; none at all are a scalar's.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "negative extent in \(dimensions)")
    self.dimensions = dimensions
  }

  /// As in `[batch, height, width, channels]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Number of axes.
  public var rank: Int { dimensions.count }
  /// Number of elements.
  public var count: Int { dimensions.reduce(1, *) }
  /// The innermost extent (1 for a scalar).
  public var last: Int { dimensions.last ?? 1 }
  /// Product of all extents but the innermost.
  public var rows: Int { dimensions.dropLast().reduce(1, *) }

  /// The extent of an axis; -1 is the innermost.
  public subscript(_ axis: Int) -> Int { dimensions[axis < 0 ? rank + axis : axis] }

  /// As in `[1, 64, 64, 4]`.
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
