import Foundation
import Synchronization

/// Scratch memory that outlives the tensors drawn from it.
///
/// Fresh pages are what large short-lived buffers really cost (about 60 ms for
/// 128 MiB), so a freed buffer is kept and handed to the next request of its
/// size class: after one denoising step the following ones allocate nothing.
package final class BufferPool: Sendable {
  package static let shared = BufferPool()

  private struct Free: @unchecked Sendable {
    var buffers: [Int: [UnsafeMutableRawPointer]] = [:]
    var bytes = 0
    /// Drawn from the system, in use or idle.
    var held = 0
    var peak = 0
    /// Held by threads that a rehearsal does not start.
    var rehearsed = 0
    /// The bytes of what is mapped for a rehearsal, idle or not.
    var mapped: [UnsafeMutableRawPointer: Int] = [:]
  }

  private let idle = Mutex(Free())
  private static let alignment = 64

  /// Size classes: powers of two split in eight, so that at most 1/8 is wasted.
  private static func capacity(for count: Int) -> Int {
    let needed = max(count, 64)
    let step = max(1 << (Int.bitWidth - 1 - needed.leadingZeroBitCount - 3), 16)
    return (needed + step - 1) / step * step
  }

  func take(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    let capacity = Self.capacity(for: count)
    let bytes = capacity * MemoryLayout<Float>.size
    let reused = idle.withLock { free -> UnsafeMutableRawPointer? in
      guard let buffer = free.buffers[capacity]?.popLast() else {
        free.held += bytes
        if let workers = Rehearsal.workers { free.rehearsed += bytes * (workers - 1) }
        free.peak = max(free.peak, free.held + free.rehearsed)
        return nil
      }
      free.bytes -= bytes
      return buffer
    }
    let raw = reused ?? draw(bytes)
    return UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Float.self, capacity: capacity), count: count)
  }

  /// Memory from the system; what lies idle is given back to it where that is needed.
  private func draw(_ bytes: Int) -> UnsafeMutableRawPointer {
    if Rehearsal.isOn, bytes >= Self.smallestMapping { return map(bytes) }
    var memory: UnsafeMutableRawPointer?
    if posix_memalign(&memory, Self.alignment, bytes) != 0 {
      drain()
      if posix_memalign(&memory, Self.alignment, bytes) != 0 { MemoryShortage.end(bytes) }
    }
    return memory.unsafelyUnwrapped
  }

  /// Smaller ones share pages with others.
  private static let smallestMapping = 1 << 20

  /// Addresses for a rehearsal, which writes to few of them: only those take memory, and a limit of what a process may
  /// hold (`ulimit -d`) does not count them.
  private func map(_ bytes: Int) -> UnsafeMutableRawPointer {
    var flags = MAP_SHARED | MAP_NORESERVE
    #if os(Linux)
      flags |= MAP_ANONYMOUS
    #else
      flags |= MAP_ANON
    #endif
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      MemoryShortage.end(bytes)
    }
    idle.withLock { $0.mapped[memory] = bytes }
    return memory
  }

  func give(_ buffer: UnsafeMutableBufferPointer<Float>) {
    guard let base = buffer.baseAddress else { return }
    let capacity = Self.capacity(for: buffer.count)
    let raw = UnsafeMutableRawPointer(base)
    idle.withLock { free in
      free.buffers[capacity, default: []].append(raw)
      free.bytes += capacity * MemoryLayout<Float>.size
    }
  }

  /// Returns every idle buffer to the system; called between stages whose sizes differ.
  package func drain() {
    let buffers = idle.withLock { free in
      defer {
        free.held -= free.bytes
        (free.buffers, free.bytes, free.rehearsed) = ([:], 0, 0)
      }
      return free.buffers.values.joined().map { (buffer: $0, mapped: free.mapped.removeValue(forKey: $0)) }
    }
    for (buffer, mapped) in buffers {
      if let mapped { munmap(buffer, mapped) } else { free(buffer) }
    }
  }

  /// Most bytes that were ever drawn from the system at once since ``resetPeak()``, idle ones included.
  package var peakBytes: Int { idle.withLock(\.peak) }

  /// Lets ``peakBytes`` start from what is held now.
  package func resetPeak() {
    idle.withLock { $0.peak = $0.held + $0.rehearsed }
  }
}
