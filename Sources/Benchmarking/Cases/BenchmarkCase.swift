package import CheckpointForms
public import Checkpoints
import Foundation
package import StableDiffusion
public import Tensors
public import TokenMerging

/// Where the weights of a benchmark come from.
package enum BenchmarkSubject: Sendable, Hashable, Codable {
  /// A checkpoint in any form.
  case checkpoint(CheckpointLocation)
  /// A folder of a model that makes no pictures, as CLIP.
  case folder(path: String)
  /// Published sizes, random weights.
  case random(RandomCheckpoint)

  func files(resident: WeightsResidency = .stored) throws(CheckpointError) -> any ModelFiles {
    switch self {
    case .checkpoint(let location): try location.open(resident: resident).files
    case .folder(let path):
      try ModelDirectory(URL(fileURLWithPath: path, isDirectory: true), resident: resident)
    case .random(let checkpoint): checkpoint.files()
    }
  }

  /// What results call it.
  var name: String {
    switch self {
    case .checkpoint(let location): location.path
    case .folder(let path): path
    case .random(let checkpoint): "random \(checkpoint.rawValue)"
    }
  }
}

/// The part of a model that is timed.
public enum BenchmarkPart: String, Sendable, Hashable, Codable, CaseIterable {
  /// One evaluation for guidance pairs: what a denoising step consists of.
  case unet
  /// Latents to pictures.
  case vae
  /// Prompts and their negative prompts to hidden states.
  case text
  /// A picture and its prompt to a CLIP score.
  case clip
}

/// One row of the table: what is run, at which size, how.
public struct BenchmarkCase: Sendable, Hashable, Codable {
  public var part: BenchmarkPart
  /// Pixels.
  public var width: Int
  public var height: Int
  /// Pictures at once.
  public var batch: Int
  public var attention: AttentionKernel
  /// Of the UNet; everything else computes in fp32.
  public var precision: Precision
  /// How the weights are kept.
  public var resident: WeightsResidency
  /// Nil for none at all.
  public var merging: MergingOptions?

  public init(
    part: BenchmarkPart = .unet, width: Int, height: Int, batch: Int = 1, attention: AttentionKernel = .tiled,
    precision: Precision = .fp32, resident: WeightsResidency = .stored, merging: MergingOptions? = nil
  ) {
    self.part = part
    self.width = width
    self.height = height
    self.batch = batch
    self.attention = attention
    self.precision = precision
    self.resident = resident
    self.merging = merging
  }

  /// Whether its time depends on the pictures' size.
  var hasSize: Bool { part == .unet || part == .vae }

  /// What the row is compared with: the same without merging and with plain attention, the table's *vanilla*.
  var vanilla: BenchmarkCase {
    var item = unmerged
    item.attention = .plain
    return item
  }

  /// The same without merging.
  var unmerged: BenchmarkCase {
    var item = self
    item.merging = nil
    return item
  }

  /// The configurations of one size and batch, in the order of the table: vanilla, merging with plain attention,
  /// tiled attention, merging with tiled attention.
  public static func configurations(
    width: Int, height: Int, batch: Int, precision: Precision = .fp32, resident: WeightsResidency = .stored,
    merging: [MergingOptions]
  ) -> [BenchmarkCase] {
    AttentionKernel.allCases.reversed().flatMap { attention in
      ([nil] + merging).map {
        BenchmarkCase(
          width: width, height: height, batch: batch, attention: attention, precision: precision,
          resident: resident, merging: $0)
      }
    }
  }
}
