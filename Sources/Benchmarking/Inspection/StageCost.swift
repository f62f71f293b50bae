import Tensors

/// What a part of making a picture takes, found out without making it.
public struct StageCost: Sendable, Encodable {
  /// Floating-point operations: a multiplication and its addition are two. Of a guidance pair those of both halves, as
  /// others compute them.
  public let operations: Double
  /// Of a process that does it.
  public let bytes: Int

  /// - Throws: as running the case would.
  package init(_ item: BenchmarkCase, of subject: BenchmarkSubject, threads: Int) throws {
    operations = try Rehearsal.run { () throws -> Double in
      let workload = try Workload(item, of: subject, shared: false)
      return 2 * Double(OperationCount.recording { workload() })
    }
    BufferPool.shared.drain()
    bytes = try MemoryEstimate.bytes(item, of: subject, threads: threads)
  }
}
