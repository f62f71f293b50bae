public import Foundation
import GRDB

/// One sweep as it was asked for: which model, which settings, on which machine.
public struct RunRecord: StoredRecord {
  public static let databaseTableName = "run"

  public var id: Int64
  /// A hash of everything that was asked for: the same sweep is the same run.
  public var key: String
  public var name: String
  public var created: Date
  public var commandLine: String
  public var toolVersion: String
  public var modelName: String
  public var modelFingerprint: String
  /// What the model's folder says about itself, as the demonstration model does.
  public var modelNote: String?
  /// The CLIP checkpoint behind the CLIP scores; nil when the run has none.
  public var clipName: String?
  public var clipFingerprint: String?
  /// The weights behind the run's LPIPS distances; nil when it has none.
  public var lpipsName: String?
  public var lpipsFingerprint: String?
  public var settings: RunSettings
  public var machine: MachineDescription

  public init(
    id: Int64 = 0, key: String, name: String, created: Date, commandLine: String, toolVersion: String,
    modelName: String, modelFingerprint: String, modelNote: String? = nil, clipName: String? = nil,
    clipFingerprint: String? = nil, lpipsName: String? = nil, lpipsFingerprint: String? = nil,
    settings: RunSettings, machine: MachineDescription
  ) {
    self.id = id
    self.key = key
    self.name = name
    self.created = created
    self.commandLine = commandLine
    self.toolVersion = toolVersion
    self.modelName = modelName
    self.modelFingerprint = modelFingerprint
    self.modelNote = modelNote
    self.clipName = clipName
    self.clipFingerprint = clipFingerprint
    self.lpipsName = lpipsName
    self.lpipsFingerprint = lpipsFingerprint
    self.settings = settings
    self.machine = machine
  }
}

/// How every picture of a run was sampled, apart from the merging.
public struct RunSettings: Codable, Hashable, Sendable {
  public var steps: Int
  public var guidanceScale: Double
  public var negativePrompt: String
  /// Size of the pictures in pixels.
  public var width: Int
  public var height: Int
  public var scheduler: String
  public var attention: String
  /// What the UNet was computed in; nil, and not written, for fp32.
  public var precision: String?
  public var seeds: [Int]
  /// The ratios asked for, the baseline's 0 among them.
  public var ratios: [Double]
  /// `mini`, `full` or the path of a file.
  public var promptSet: String

  public init(
    steps: Int, guidanceScale: Double, negativePrompt: String = "", width: Int, height: Int,
    scheduler: String, attention: String = "tiled", precision: String? = nil, seeds: [Int],
    ratios: [Double], promptSet: String
  ) {
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.negativePrompt = negativePrompt
    self.width = width
    self.height = height
    self.scheduler = scheduler
    self.attention = attention
    self.precision = precision
    self.seeds = seeds
    self.ratios = ratios
    self.promptSet = promptSet
  }
}

/// What a run was made on: times are comparable on the same machine only, and bits
/// with the same kernels.
public struct MachineDescription: Codable, Hashable, Sendable {
  public var os: String
  public var cpu: String
  public var cores: Int
  /// Threads in use, at most `cores` as a rule.
  public var threads: Int
  /// The instructions that matrix products ran on, as in `AVX-512`.
  public var kernelSet: String
  public var memoryBytes: Int

  /// Older stores name OpenBLAS's kernels here, which did the products then.
  private enum CodingKeys: String, CodingKey {
    case os, cpu, cores, threads, memoryBytes
    case kernelSet = "blasCore"
  }

  public init(os: String, cpu: String, cores: Int, threads: Int, kernelSet: String, memoryBytes: Int) {
    self.os = os
    self.cpu = cpu
    self.cores = cores
    self.threads = threads
    self.kernelSet = kernelSet
    self.memoryBytes = memoryBytes
  }
}
