import Checkpoints
package import Tensors

/// The convolutions of a model's part at one picture size, found by rehearsing it: see ``Rehearsal``.
public enum ConvolutionPlan {
  /// - Parameter item: the case, of ``BenchmarkPart/unet`` or ``BenchmarkPart/vae``
  /// - Returns: in the order in which they are computed
  /// - Throws: as running the case would.
  package static func convolutions(
    _ item: BenchmarkCase, of subject: BenchmarkSubject
  ) throws -> [PlannedConvolution] {
    defer { BufferPool.shared.drain() }
    return try Rehearsal.run { () throws -> [PlannedConvolution] in
      let workload = try Workload(item, of: subject)
      return ConvolutionLog.recording { workload() }
    }
  }
}
