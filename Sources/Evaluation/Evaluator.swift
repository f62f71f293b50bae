public import CLIPModels
import Checkpoints
public import Foundation
import Images
import Metrics
public import ResultStore

/// Scores pictures against their prompt and their baseline picture; embeddings are
/// kept in the store, so that scoring again is cheap.
public struct Evaluator: Sendable {
  private let clip: CLIPScorer?
  private let store: ResultStore
  private let folder: URL

  /// - Parameters:
  ///   - clip: nil for pixel metrics only.
  ///   - folder: the run's, which image paths are relative to.
  public init(clip: CLIPScorer?, store: ResultStore, folder: URL) {
    self.clip = clip
    self.store = store
    self.folder = folder
  }

  /// Stores the scores that a prompt's finished pictures still lack.
  ///
  /// - Parameters:
  ///   - samples: all of the prompt's.
  ///   - known: the metrics already stored, by sample.
  /// - Returns: how many pictures were scored.
  public func scoreMissing(
    prompt: PromptRecord, samples: [SampleRecord], baselineID: Int64, known: [Int64: Set<ScoreMetric>],
    cancellation: Cancellation
  ) throws -> Int {
    let done = samples.filter { $0.state == .done }
    var scored = 0
    for sample in done {
      try cancellation.check()
      let isBaseline = sample.variantID == baselineID
      let baseline =
        isBaseline ? nil : done.first { $0.variantID == baselineID && $0.seed == sample.seed }
      let missing = ScoreMetric.allCases.filter { metric in
        !known[sample.id, default: []].contains(metric) && (clip != nil || !metric.needsCLIP)
          && (baseline != nil || !metric.needsBaseline)
      }
      guard !missing.isEmpty else { continue }
      try store.save(try scores(missing, of: sample, prompt: prompt.text, baseline: baseline))
      scored += 1
    }
    return scored
  }

  private func scores(
    _ metrics: [ScoreMetric], of sample: SampleRecord, prompt: String, baseline: SampleRecord?
  ) throws -> [ScoreRecord] {
    var records: [ScoreRecord] = []
    if let clip, metrics.contains(where: \.needsCLIP) {
      let embedding = try embedding(of: sample, clip)
      if metrics.contains(.clipScore) {
        let text = try cached("text:" + SHA256.hex(of: Array(prompt.utf8)), clip) {
          clip.model.embed(text: prompt)
        }
        records.append(clip.record(.clipScore, sample, CLIPModel.score(embedding, text)))
      }
      if let baseline, metrics.contains(.clipImage) {
        let other = try self.embedding(of: baseline, clip)
        records.append(clip.record(.clipImage, sample, CLIPModel.score(embedding, other)))
      }
    }
    let pixelMetrics = metrics.filter { !$0.needsCLIP }
    if let baseline, !pixelMetrics.isEmpty {
      let differences = try ImageDifferences(of: picture(sample), to: picture(baseline))
      records += pixelMetrics.map { metric in
        ScoreRecord(sampleID: sample.id, metric: metric, value: differences[metric])
      }
    }
    return records
  }

  private func embedding(of sample: SampleRecord, _ clip: CLIPScorer) throws -> [Float] {
    try cached(sample.imageHash ?? sample.contentKey, clip) {
      try clip.model.embed(image: picture(sample))
    }
  }

  private func cached(_ subject: String, _ clip: CLIPScorer, _ embed: () throws -> [Float]) throws -> [Float]
  {
    let fingerprint = clip.identity.fingerprint
    if let stored = try store.embedding(of: subject, clipFingerprint: fingerprint) { return stored }
    let embedding = try embed()
    try store.save(embedding: embedding, of: subject, clipFingerprint: fingerprint)
    return embedding
  }

  private func picture(_ sample: SampleRecord) throws -> RGBImage {
    try PNGCodec.decode(folder.appendingPathComponent(sample.imagePath ?? "")).image
  }
}

extension ImageDifferences {
  fileprivate subscript(metric: ScoreMetric) -> Double? {
    switch metric {
    case .mae: mae
    case .rmse: rmse
    case .psnr: psnr
    case .ssim: ssim
    case .clipScore, .clipImage: nil
    }
  }
}

/// A CLIP checkpoint that scores, and its name.
public struct CLIPScorer: Sendable {
  public let model: CLIPModel
  public let identity: ModelIdentity

  public init(model: CLIPModel, identity: ModelIdentity) {
    self.model = model
    self.identity = identity
  }

  fileprivate func record(_ metric: ScoreMetric, _ sample: SampleRecord, _ value: Double) -> ScoreRecord {
    ScoreRecord(sampleID: sample.id, metric: metric, value: value, clipFingerprint: identity.fingerprint)
  }
}
