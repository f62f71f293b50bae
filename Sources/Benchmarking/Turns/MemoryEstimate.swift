import Checkpoints
import Foundation
import Machine
import Tensors

/// How much memory a case will take, known before it is run: its computation is rehearsed, see ``Rehearsal``, and
/// what it would draw from the system is added to what the process has anyway.
public enum MemoryEstimate {
  /// Per thread: stacks, and buffers of the last parts of loops, which are smaller than the first ones and kept
  /// beside them when threads wait for each other.
  private static let bytesPerThread = 16 << 20
  /// What else a process allocates by and by: the matching's lists, the checkpoint's names. The heap's gaps are
  /// a fiftieth of what is drawn.
  private static let allowance = 24 << 20

  /// Above so many pixels a rehearsal takes too long itself, and asks for more memory than systems promise.
  private static let rehearsedPixels = 1 << 22

  /// The bytes that a process of its own will have resident at most; the same on every call. What is too large to be
  /// rehearsed is estimated from smaller ones of its shape.
  ///
  /// - Throws: as running the case would.
  package static func bytes(_ item: BenchmarkCase, of subject: BenchmarkSubject, threads: Int) throws -> Int {
    let pixels = item.width * item.height * item.batch
    guard item.hasSize, pixels > rehearsedPixels else {
      return try rehearsed(item, of: subject, threads: threads)
    }
    let (small, large) = (
      item.reduced(toPixels: rehearsedPixels / 4), item.reduced(toPixels: rehearsedPixels)
    )
    let sizes = [small, large].map { Double($0.width * $0.height * $0.batch) }
    let bytes = try [small, large].map { Double(try rehearsed($0, of: subject, threads: threads)) }
    // It grows as the pixels do, or as their square where rows of scores are held whole.
    let power = sizes[0] < sizes[1] ? log(bytes[1] / bytes[0]) / log(sizes[1] / sizes[0]) : 1
    let estimate = bytes[1] * pow(Double(pixels) / sizes[1], min(max(power, 1), 2))
    return Int(min(estimate, 1e18))
  }

  private static func rehearsed(
    _ item: BenchmarkCase, of subject: BenchmarkSubject, threads: Int
  ) throws -> Int {
    let bare = bareProcessBytes
    let pool = BufferPool.shared
    let before = Parallel.threadCount
    Parallel.threadCount = threads
    defer { Parallel.threadCount = before }
    pool.drain()
    pool.resetPeak()
    let held = pool.peakBytes
    let mapped = try Rehearsal.run { () throws -> Int in
      let workload = try Workload(item, of: subject)
      workload()
      return workload.mappedBytes - Rehearsal.savedBytes
    }
    let drawn = pool.peakBytes - held
    pool.drain()
    return bare + drawn + drawn / 50 + mapped + threads * bytesPerThread + allowance
  }

  /// Resident before anything is loaded: the program and its libraries.
  private static let bareProcessBytes = PeakMemory.bytes ?? 32 << 20
}

extension BenchmarkCase {
  /// One picture of about this shape with so many pixels, each side a multiple of 64.
  fileprivate func reduced(toPixels pixels: Int) -> BenchmarkCase {
    let scale = (Double(pixels) / Double(width * height)).squareRoot()
    func side(_ side: Int) -> Int { max(Int(Double(side) * scale) / 64, 1) * 64 }
    var item = self
    (item.width, item.height, item.batch) = (side(width), side(height), 1)
    return item
  }
}
