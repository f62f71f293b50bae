import Checkpoints
public import ResultStore
import Foundation
public import TokenMerging

/// Everything that decides a picture's pixels: equal identities, equal pictures.
public struct PictureIdentity: Codable, Hashable, Sendable {
  /// Raised when a change to the program changes pictures.
  public private(set) var version = 2
  public var modelFingerprint: String
  public var prompt: String
  public var negativePrompt: String
  public var seed: Int
  public var steps: Int
  public var guidanceScale: Double
  public var width: Int
  public var height: Int
  public var scheduler: String
  public var attention: String
  /// Nil for no merging at all.
  public var merging: MergingOptions?
  /// What the UNet computes in, see `Precision`.
  public var dtype: String

  /// - Parameter steps: nil for those of `settings`
  public init(
    modelFingerprint: String, prompt: String, seed: Int, settings: RunSettings, merging: MergingOptions?,
    steps: Int? = nil
  ) {
    self.modelFingerprint = modelFingerprint
    self.prompt = prompt
    negativePrompt = settings.negativePrompt
    self.seed = seed
    self.steps = steps ?? settings.steps
    guidanceScale = settings.guidanceScale
    width = settings.width
    height = settings.height
    scheduler = settings.scheduler
    attention = settings.attention
    self.merging = merging
    dtype = settings.precision ?? "fp32"
  }

  /// The key under which a store keeps the picture.
  public var contentKey: String { contentHash(of: self) }
}

/// SHA-256 of a value's JSON with sorted keys.
func contentHash(of value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return SHA256.hex(of: [UInt8](try encoder.encode(value)))
  } catch {
    preconditionFailure("\(type(of: value)) cannot be encoded: \(error)")
  }
}
