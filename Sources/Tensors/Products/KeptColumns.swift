import Synchronization

/// A weight's columns in bfloat16 as products take them, packed by the first product that asks for them and kept as
/// long as the weight is.
///
/// For weights that lie in a file, whose pages are given back for it: from then on nothing is rounded or reordered, and
/// where they are in fp32, half as much memory is taken and read.
final class KeptColumns: Sendable {
  /// What else than the weight decides how they lie.
  struct Layout: Equatable {
    let parts: Int
    let taps: Int
  }

  /// Packed columns, which do not change any more.
  final class Memory: @unchecked Sendable {
    /// Not that of tensors, whose segments would be cut by what stays.
    private static let pool = BufferPool()
    private let buffer: UnsafeMutableBufferPointer<Float>

    fileprivate init(count: Int) { buffer = Self.pool.take(count) }

    deinit {
      Self.pool.give(buffer)
      Self.pool.drain()
    }

    // The pool rounds every request up to a non-empty buffer.
    fileprivate var start: UnsafeMutablePointer<Float> { buffer.baseAddress.unsafelyUnwrapped }
    var base: UnsafePointer<Float> { UnsafePointer(start) }
  }

  private let packed = Mutex<(layout: Layout, memory: Memory)?>(nil)

  /// What `pack` wrote to `count` floats when this was called first, in place of a file's `bytes`; nil if that was for
  /// another layout, or in a rehearsal, in which nothing is written.
  func memory(
    _ layout: Layout, count: Int, insteadOf bytes: Int, pack: (UnsafeMutablePointer<Float>) -> Void
  ) -> Memory? {
    guard !Rehearsal.isOn else {
      Rehearsal.note(saved: bytes - count * MemoryLayout<Float>.size, by: self)
      return nil
    }
    return packed.withLock { packed in
      if let packed { return packed.layout == layout ? packed.memory : nil }
      let memory = Memory(count: count)
      pack(memory.start)
      packed = (layout, memory)
      return memory
    }
  }
}
