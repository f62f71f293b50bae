import GRDB

/// One picture of a run: a prompt, a variant and a seed, and what became of it.
public struct SampleRecord: StoredRecord {
  public static let databaseTableName = "sample"

  public enum State: String, Codable, Sendable, CaseIterable {
    case pending, done, failed
  }

  public var id: Int64
  public var promptID: Int64
  public var variantID: Int64
  public var seed: Int
  public var state: State
  /// A hash of everything that decides the picture's pixels; equal keys, equal pictures.
  public var contentKey: String
  /// Relative to the run's folder, as in `images/0074-s0-r0.50-1a2b3c4d.png`.
  public var imagePath: String?
  /// Hash of the PNG file.
  public var imageHash: String?
  /// Hash of the latents before the decoder.
  public var latentsHash: String?
  /// From the first step to the file on disk, the text encoder included.
  public var seconds: Double?
  /// Median over the steps.
  public var secondsPerStep: Double?
  public var stageSeconds: StageSeconds?
  /// Highest resident memory of the process when the picture was done.
  public var peakMemoryBytes: Int?
  /// What merging did: `tokens_kept` (per pass through a block that merges), `effective_ratio`, and the
  /// `mean_similarity` and `minimum_similarity` of merged pairs; over all such blocks by these names, of each
  /// block as in `down_blocks.0.attentions.0.transformer_blocks.0.tokens_kept`. Nil without merging.
  public var mergeStatistics: [String: Double]?
  /// Why the state is `failed`.
  public var error: String?

  public init(
    id: Int64 = 0, promptID: Int64, variantID: Int64, seed: Int, state: State = .pending,
    contentKey: String, imagePath: String? = nil, imageHash: String? = nil, latentsHash: String? = nil,
    seconds: Double? = nil, secondsPerStep: Double? = nil, stageSeconds: StageSeconds? = nil,
    peakMemoryBytes: Int? = nil, mergeStatistics: [String: Double]? = nil, error: String? = nil
  ) {
    self.id = id
    self.promptID = promptID
    self.variantID = variantID
    self.seed = seed
    self.state = state
    self.contentKey = contentKey
    self.imagePath = imagePath
    self.imageHash = imageHash
    self.latentsHash = latentsHash
    self.seconds = seconds
    self.secondsPerStep = secondsPerStep
    self.stageSeconds = stageSeconds
    self.peakMemoryBytes = peakMemoryBytes
    self.mergeStatistics = mergeStatistics
    self.error = error
  }
}

/// Where a picture's time went, in seconds.
public struct StageSeconds: Codable, Hashable, Sendable {
  /// The text encoder, paid once per prompt and noted with each of its pictures.
  public var text: Double
  public var denoise: Double
  public var decode: Double
  public var write: Double

  public init(text: Double, denoise: Double, decode: Double, write: Double) {
    self.text = text
    self.denoise = denoise
    self.decode = decode
    self.write = write
  }

  public var total: Double { text + denoise + decode + write }
}
