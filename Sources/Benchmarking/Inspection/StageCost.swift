import Tensors
public import TokenMerging

/// What a picture of one size takes, found out without making it.
public struct PictureCost: Sendable, Encodable {
  /// Floating-point operations of a denoising step, a guidance pair, and of decoding.
  public let stepOperations: Double
  public let decodingOperations: Double
  /// Of a process that makes it.
  public let bytes: Int

  /// - Parameter merging: nil for none
  /// - Throws: as running the model would.
  public init(
    _ subject: BenchmarkSubject, width: Int, height: Int, merging: MergingOptions?, threads: Int
  ) throws {
    let step = BenchmarkCase(part: .unet, width: width, height: height, merging: merging)
    let decoding = BenchmarkCase(part: .vae, width: width, height: height)
    stepOperations = try Self.operations(step, of: subject)
    decodingOperations = try Self.operations(decoding, of: subject)
    bytes = try max(
      MemoryEstimate.bytes(step, of: subject, threads: threads),
      MemoryEstimate.bytes(decoding, of: subject, threads: threads))
  }

  /// A multiplication and its addition are two.
  private static func operations(_ item: BenchmarkCase, of subject: BenchmarkSubject) throws -> Double {
    defer { BufferPool.shared.drain() }
    return try Rehearsal.run { () throws -> Double in
      let workload = try Workload(item, of: subject)
      return 2 * Double(OperationCount.recording { workload() })
    }
  }
}
