import Foundation
import Synchronization

/// Scratch memory that outlives the tensors drawn from it.
///
/// Fresh pages are what large short-lived buffers really cost (about 60 ms for
/// 128 MiB), so what is freed is kept and handed to later requests: after one denoising
/// step the following ones draw nothing from the system.
///
/// Large buffers are parts of ``MemorySegments``. Before another segment is drawn, as much is given back to the system
/// of those that nobody uses: what is held stays near to what is in use at once. Small ones are kept by size class.
package final class BufferPool: Sendable {
  package static let shared = BufferPool()

  private struct Holdings: @unchecked Sendable {
    var segments = MemorySegments()
    /// Small ones that are idle, by their size.
    var small: [Int: [UnsafeMutableRawPointer]] = [:]
    var idleSmallBytes = 0
    var smallBytes = 0
    var peak = 0
    /// In a rehearsal: the buffers that other threads would take beside that of the one that rehearses.
    var companions: [UnsafeMutableRawPointer: [UnsafeMutableRawPointer]] = [:]

    /// Drawn from the system, in use or idle.
    var bytes: Int { segments.bytes + smallBytes }

    mutating func give(_ buffer: UnsafeMutableRawPointer, _ size: Int) {
      if size < BufferPool.smallestLarge {
        small[size, default: []].append(buffer)
        idleSmallBytes += size
      } else {
        segments.give(Int(bitPattern: buffer))
      }
    }

    mutating func notePeak(adding bytes: Int = 0) { peak = max(peak, self.bytes + bytes) }
  }

  private let holdings = Mutex(Holdings())
  private static let alignment = 64
  private static let smallestLarge = 128 << 10

  init() {}

  /// Bytes of a buffer for so many floats. Those of small ones are powers of two split in eight, so that at most 1/8 is
  /// wasted.
  private static func size(for count: Int) -> Int {
    let exact = max(count, 1) * MemoryLayout<Float>.size
    guard exact < smallestLarge else { return (exact + alignment - 1) / alignment * alignment }
    let needed = max(exact, 256)
    let step = max(1 << (Int.bitWidth - 1 - needed.leadingZeroBitCount - 3), alignment)
    return (needed + step - 1) / step * step
  }

  func take(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    let size = Self.size(for: count)
    let raw = take(bytes: size)
    if let workers = Rehearsal.workers, workers > 1 {
      let others = (1..<workers).map { _ in take(bytes: size) }
      holdings.withLock { $0.companions[raw] = others }
    }
    return UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Float.self, capacity: size / MemoryLayout<Float>.size), count: count)
  }

  func give(_ buffer: UnsafeMutableBufferPointer<Float>) {
    guard let base = buffer.baseAddress else { return }
    let (raw, size) = (UnsafeMutableRawPointer(base), Self.size(for: buffer.count))
    holdings.withLock { holdings in
      holdings.give(raw, size)
      for other in holdings.companions.removeValue(forKey: raw) ?? [] { holdings.give(other, size) }
    }
  }

  private func take(bytes: Int) -> UnsafeMutableRawPointer {
    bytes < Self.smallestLarge ? takeSmall(bytes) : takeLarge(bytes)
  }

  private func takeSmall(_ bytes: Int) -> UnsafeMutableRawPointer {
    let idle = holdings.withLock { holdings -> UnsafeMutableRawPointer? in
      if let buffer = holdings.small[bytes]?.popLast() {
        holdings.idleSmallBytes -= bytes
        return buffer
      }
      holdings.smallBytes += bytes
      holdings.notePeak()
      return nil
    }
    return idle
      ?? draw(bytes) {
        var memory: UnsafeMutableRawPointer?
        return posix_memalign(&memory, Self.alignment, bytes) == 0 ? memory : nil
      }
  }

  private func takeLarge(_ bytes: Int) -> UnsafeMutableRawPointer {
    let (start, unused) = holdings.withLock { holdings -> (Int?, [(start: Int, bytes: Int)]) in
      if let start = holdings.segments.take(bytes) { return (start, []) }
      let unused = holdings.segments.removeIdle(upTo: bytes)
      holdings.notePeak(adding: bytes)
      return (nil, unused)
    }
    if let start, let buffer = UnsafeMutableRawPointer(bitPattern: start) { return buffer }
    Self.giveBack(unused)
    let segment = draw(bytes) { Self.map(bytes) }
    holdings.withLock { holdings in
      holdings.segments.add(at: Int(bitPattern: segment), bytes: bytes)
      // Other threads may have drawn meanwhile.
      holdings.notePeak()
    }
    return segment
  }

  /// Memory from the system; what lies idle is given back to it where that is needed.
  private func draw(_ bytes: Int, _ ask: () -> UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer {
    if let memory = ask() { return memory }
    drain()
    if self !== Self.shared { Self.shared.drain() }
    guard let memory = ask() else { MemoryShortage.end(bytes) }
    return memory
  }

  /// Whole pages of memory; for a rehearsal, which writes to few of them, only addresses: what is written to takes
  /// memory, and a limit of what a process may hold (`ulimit -d`) does not count them.
  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var flags = Rehearsal.isOn ? MAP_SHARED | MAP_NORESERVE : MAP_PRIVATE
    #if os(Linux)
      flags |= MAP_ANONYMOUS
    #else
      flags |= MAP_ANON
    #endif
    let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
    return memory == MAP_FAILED ? nil : memory
  }

  private static func giveBack(_ segments: [(start: Int, bytes: Int)]) {
    for segment in segments { munmap(UnsafeMutableRawPointer(bitPattern: segment.start), segment.bytes) }
  }

  /// Returns what is idle to the system, but for free parts of segments that are in use; called between stages whose
  /// sizes differ.
  package func drain() {
    let (segments, buffers) = holdings.withLock { holdings in
      defer {
        holdings.smallBytes -= holdings.idleSmallBytes
        (holdings.small, holdings.idleSmallBytes) = ([:], 0)
      }
      return (holdings.segments.removeIdle(upTo: .max), holdings.small.values.flatMap(\.self))
    }
    Self.giveBack(segments)
    for buffer in buffers { free(buffer) }
  }

  /// Most bytes that were ever drawn from the system at once since ``resetPeak()``, idle ones included.
  package var peakBytes: Int { holdings.withLock(\.peak) }

  /// Lets ``peakBytes`` start from what is held now.
  package func resetPeak() {
    holdings.withLock { $0.peak = $0.bytes }
  }
}
