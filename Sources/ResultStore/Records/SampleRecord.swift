import GRDB
public import Pictures

/// One picture of a run: a prompt, a variant and a seed, and what became of it.
public struct SampleRecord: StoredRecord {
  public static let databaseTableName = "sample"

  public enum State: String, Codable, Sendable, CaseIterable {
    case pending, done, failed
  }

  /// What it shows, whatever its variant: pictures of one place are compared.
  public struct Place: Hashable, Sendable {
    public let promptID: Int64
    public let seed: Seed

    public init(promptID: Int64, seed: Seed) {
      self.promptID = promptID
      self.seed = seed
    }
  }

  public var place: Place { Place(promptID: promptID, seed: seed) }

  @RowID public var id: Int64
  public var promptID: Int64
  public var variantID: Int64
  public var seed: Seed
  public var state: State
  /// ``Pictures/PictureRequest/key``: equal keys, equal pictures.
  public var contentKey: String
  /// Set for a sample that is done.
  public internal(set) var pictureID: Int64?
  /// Who made the picture.
  public var executionID: Int64?
  /// Hash of the latents before the decoder, where the engine tells.
  public var latentsHash: String?
  /// From the first step to the file on disk, the text encoder included.
  public var seconds: Double?
  /// Median over the steps.
  public var secondsPerStep: Double?
  public var stageSeconds: StageSeconds?
  /// Highest resident memory of the process when the picture was done.
  public var peakMemoryBytes: Int?
  /// What merging did, over all blocks that merge, in the first pass or, where only that merges, in the second; nil
  /// without merging, and where the engine does not tell.
  public var mergeStatistics: MergeStatistics?
  /// Why the state is `failed`.
  public var error: String?
  /// The row of ``pictureID``.
  public internal(set) var picture: PictureRecord?

  private enum CodingKeys: CodingKey {
    case id, promptID, variantID, seed, state, contentKey, pictureID, executionID, latentsHash, seconds
    case secondsPerStep, stageSeconds, peakMemoryBytes, mergeStatistics, error
  }

  public init(
    id: Int64 = 0, promptID: Int64, variantID: Int64, seed: Seed, state: State = .pending, contentKey: String
  ) {
    self.id = id
    self.promptID = promptID
    self.variantID = variantID
    self.seed = seed
    self.state = state
    self.contentKey = contentKey
  }
}

/// Where a picture's time went, in seconds.
public struct StageSeconds: Codable, Hashable, Sendable {
  /// The text encoder, paid once per prompt and noted with each of its pictures.
  public var text: Double
  /// The encoding of the picture that it is begun from, paid and noted likewise; nil without one.
  public var encode: Double?
  /// Of the first pass where there are two.
  public var denoise: Double
  /// Of a second pass, which most pictures do without: the enlarging, with its decoder and encoder where it has them,
  /// and the denoising.
  public var upscale: Double?
  public var hires: Double?
  public var decode: Double
  public var write: Double

  public init(
    text: Double, encode: Double? = nil, denoise: Double, upscale: Double? = nil, hires: Double? = nil,
    decode: Double, write: Double
  ) {
    self.text = text
    self.upscale = upscale
    self.hires = hires
    self.encode = encode
    self.denoise = denoise
    self.decode = decode
    self.write = write
  }

  public var total: Double { text + (encode ?? 0) + denoise + (upscale ?? 0) + (hires ?? 0) + decode + write }
}

/// What token merging did to a picture, in all blocks that merge or in one of them.
public struct MergeStatistics: Codable, Hashable, Sendable {
  /// Per pass through a block; nil where nothing was merged, as for the similarities.
  public var tokensKept: Double?
  public var effectiveRatio: Double
  /// Cosine similarity of merged pairs.
  public var meanSimilarity: Double?
  public var minimumSimilarity: Double?

  public init(
    tokensKept: Double?, effectiveRatio: Double, meanSimilarity: Double?, minimumSimilarity: Double?
  ) {
    self.tokensKept = tokensKept
    self.effectiveRatio = effectiveRatio
    self.meanSimilarity = meanSimilarity
    self.minimumSimilarity = minimumSimilarity
  }

  /// The names that they are stored and printed by.
  private enum CodingKeys: String, CodingKey {
    case tokensKept = "tokens_kept"
    case effectiveRatio = "effective_ratio"
    case meanSimilarity = "mean_similarity"
    case minimumSimilarity = "minimum_similarity"
  }
}
