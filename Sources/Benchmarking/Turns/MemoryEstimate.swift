import Checkpoints
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

  /// The bytes that a process of its own will have resident at most; the same on every call.
  ///
  /// - Throws: as running the case would.
  public static func bytes(_ item: BenchmarkCase, of subject: BenchmarkSubject, threads: Int) throws -> Int {
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
      return workload.mappedBytes
    }
    let drawn = pool.peakBytes - held
    pool.drain()
    return bare + drawn + drawn / 50 + mapped + threads * bytesPerThread + allowance
  }

  /// Resident before anything is loaded: the program and its libraries.
  private static let bareProcessBytes = PeakMemory.bytes ?? 32 << 20
}
