/// What a run was made on: times are comparable on the same machine only, and bits
/// with the same kernels.
public struct MachineDescription: Codable, Hashable, Sendable {
  public var os: String
  public var cpu: String
  public var cores: Int
  /// Threads in use, at most `cores` as a rule.
  public var threads: Int
  /// What matrix products ran on, as ``ProductBackend/name`` has it: instructions, as in `AVX-512`, or OpenBLAS.
  public var kernelSet: String
  public var memoryBytes: Int

  /// Older stores name OpenBLAS's kernels alone here, which did the products then.
  private enum CodingKeys: String, CodingKey {
    case os, cpu, cores, threads, memoryBytes
    case kernelSet = "blasCore"
  }

  /// Of pictures that were made nobody knows where.
  public static let unknown = MachineDescription(
    os: "unknown", cpu: "unknown", cores: 0, threads: 0, kernelSet: "unknown", memoryBytes: 0)

  public init(os: String, cpu: String, cores: Int, threads: Int, kernelSet: String, memoryBytes: Int) {
    self.os = os
    self.cpu = cpu
    self.cores = cores
    self.threads = threads
    self.kernelSet = kernelSet
    self.memoryBytes = memoryBytes
  }
}
