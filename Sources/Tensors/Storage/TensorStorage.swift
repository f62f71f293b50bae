/// The memory behind a tensor: pooled, or borrowed from an owner that keeps it alive.
///
/// Shared storage is never written to: ``Tensor`` copies first, which is what
/// makes the class safe to send between threads.
final class TensorStorage: @unchecked Sendable {
  let elements: UnsafeMutableBufferPointer<Float>
  private let owner: (any AnyObject & Sendable)?

  var isBorrowed: Bool { owner != nil }

  /// Whose file the elements lie in, if they do.
  var pages: (any FilePages)? {
    if let storage = owner as? TensorStorage { return storage.pages }
    return owner as? any FilePages
  }

  init(count: Int) {
    elements = BufferPool.shared.take(count)
    owner = nil
  }

  init(borrowing elements: UnsafeBufferPointer<Float>, owner: any AnyObject & Sendable) {
    self.elements = UnsafeMutableBufferPointer(mutating: elements)
    self.owner = owner
  }

  convenience init(copying other: TensorStorage) {
    self.init(count: other.elements.count)
    _ = elements.update(fromContentsOf: other.elements)
  }

  deinit {
    if owner == nil { BufferPool.shared.give(elements) }
  }
}
