/// A dense row-major fp32 array with value semantics.
///
/// Feature maps are channels last (`[batch, height, width, channels]` or
/// `[batch, tokens, channels]`). Storage is shared until written to; it comes
/// from a pool (`BufferPool`), so that a denoising step reuses the pages of
/// the step before it, or is borrowed from a memory-mapped file.
public struct Tensor: Sendable {
  /// The extents, outermost first.
  public private(set) var shape: Shape
  private(set) var storage: TensorStorage

  /// All elements zero.
  public init(zeros shape: Shape) {
    self.init(uninitialized: shape) { $0.update(repeating: 0) }
  }

  /// - Parameters:
  ///   - values: in row-major order
  ///   - shape: of as many elements
  public init(_ values: [Float], shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
    self.init(uninitialized: shape) { target in
      _ = target.update(fromContentsOf: values)
    }
  }

  /// A tensor whose elements `initialize` writes, every one of them.
  public init(
    uninitialized shape: Shape,
    initializingWith initialize: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    let storage = TensorStorage(count: shape.count)
    try initialize(storage.elements)
    self.shape = shape
    self.storage = storage
  }

  /// A view of memory that somebody else owns and keeps unchanged while `owner` lives.
  package init(borrowing elements: UnsafeBufferPointer<Float>, shape: Shape, owner: any AnyObject & Sendable)
  {
    precondition(elements.count == shape.count, "\(elements.count) values for shape \(shape)")
    self.shape = shape
    self.storage = TensorStorage(borrowing: elements, owner: owner)
  }

  /// Number of elements.
  public var count: Int { shape.count }
  /// A copy of all elements, in row-major order.
  public var values: [Float] { withUnsafeBuffer { Array($0) } }

  /// Reads the elements where they lie, in row-major order; the buffer is valid during `body` only.
  public func withUnsafeBuffer<R, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    let storage = self.storage
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(storage.elements))
  }

  /// Changes the elements where they lie, in row-major order; the buffer is valid during `body` only.
  public mutating func withUnsafeMutableBuffer<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    if !isKnownUniquelyReferenced(&storage) || storage.isBorrowed {
      storage = TensorStorage(copying: storage)
    }
    defer { withExtendedLifetime(storage) {} }
    return try body(storage.elements)
  }

  /// The same elements in row-major order under another shape of the same count.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count, "cannot reshape \(self.shape) to \(shape)")
    var result = self
    result.shape = shape
    return result
  }

  /// Rows `range` of the outermost axis, copied.
  public func slice(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
    let inner = shape.dimensions.dropFirst().reduce(1, *)
    return withUnsafeBuffer { source in
      Tensor(uninitialized: Shape([range.count] + shape.dimensions.dropFirst())) { target in
        _ = target.update(fromContentsOf: source[(range.lowerBound * inner)..<(range.upperBound * inner)])
      }
    }
  }

  /// Rows `range` of the outermost axis in the memory of this tensor, which stays as it is while they live.
  package func view(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of \(shape)")
    let inner = shape.dimensions.dropFirst().reduce(1, *)
    let part = storage.elements[(range.lowerBound * inner)..<(range.upperBound * inner)]
    return Tensor(
      borrowing: UnsafeBufferPointer(rebasing: part),
      shape: Shape([range.count] + shape.dimensions.dropFirst()),
      owner: storage)
  }

  /// Overwrites rows of the outermost axis, from row `start` on, by `rows`.
  package mutating func replaceRows(from start: Int, by rows: Tensor) {
    precondition(
      rows.shape.dimensions.dropFirst() == shape.dimensions.dropFirst() && start >= 0
        && start + rows.shape[0] <= shape[0], "\(rows.shape) from row \(start) on in \(shape)")
    let inner = shape.dimensions.dropFirst().reduce(1, *)
    rows.withUnsafeBuffer { source in
      withUnsafeMutableBuffer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        Parallel.forEachChunk(of: rows.count, size: 1 << 20) { part in
          (target + start * inner + part.lowerBound).update(from: source + part.lowerBound, count: part.count)
        }
      }
    }
  }

  /// Joins tensors of equal inner shape along the outermost axis.
  public static func concatenating(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "nothing to concatenate")
    let inner = parts[0].shape.dimensions.dropFirst()
    precondition(
      parts.allSatisfy { $0.shape.dimensions.dropFirst() == inner },
      "inner shapes differ: \(parts.map(\.shape))")
    return Tensor(uninitialized: Shape([parts.map { $0.shape[0] }.reduce(0, +)] + inner)) { target in
      var offset = 0
      for part in parts {
        part.withUnsafeBuffer { source in
          if let from = source.baseAddress, let to = target.baseAddress {
            (to + offset).update(from: from, count: source.count)
          }
        }
        offset += part.count
      }
    }
  }
}
