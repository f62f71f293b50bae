import CLIPModels
import Checkpoints
public import Foundation
import Images
import Metrics
import PerceptualModels
public import ResultStore

/// Scores pictures against their prompt and their baseline picture; embeddings are
/// kept in the store, so that scoring again is cheap.
public struct Evaluator: Sendable {
  private let clip: CLIPScorer?
  private let lpips: LPIPSScorer?
  private let store: ResultStore
  private let folder: URL

  /// - Parameters:
  ///   - clip: nil for no CLIP scores.
  ///   - lpips: nil for no LPIPS distances.
  ///   - folder: the run's, which image paths are relative to.
  public init(clip: CLIPScorer?, lpips: LPIPSScorer? = nil, store: ResultStore, folder: URL) {
    self.clip = clip
    self.lpips = lpips
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
      let missing = available.filter { metric in
        !known[sample.id, default: []].contains(metric) && (baseline != nil || !metric.needsBaseline)
      }
      guard !missing.isEmpty else { continue }
      try store.save(try scores(missing, of: sample, prompt: prompt.text, baseline: baseline))
      scored += 1
    }
    return scored
  }

  /// Stores the distances that are still missing between a prompt's baseline pictures of different seeds.
  ///
  /// Each seed is measured against the one after it, with more than two seeds the last against the first: as many
  /// pairs as seeds, not their square.
  ///
  /// - Parameters:
  ///   - samples: all of the prompt's.
  ///   - seeds: of the run, in their order.
  ///   - known: what of the prompt is stored.
  public func measureMissingNoise(
    samples: [SampleRecord], baselineID: Int64, seeds: [Int], known: [SeedNoiseRecord],
    cancellation: Cancellation
  ) throws {
    let baselines = samples.filter { $0.state == .done && $0.variantID == baselineID }
    let wanted = available.filter(\.needsBaseline)
    for index in 0..<(seeds.count > 2 ? seeds.count : seeds.count - 1) {
      try cancellation.check()
      let (first, second) = (seeds[index], seeds[(index + 1) % seeds.count])
      guard let a = baselines.first(where: { $0.seed == first }),
        let b = baselines.first(where: { $0.seed == second })
      else { continue }
      let stored = known.filter { $0.seedA == first && $0.seedB == second }.map(\.metric)
      let missing = wanted.filter { !stored.contains($0) }
      guard !missing.isEmpty else { continue }
      try store.save(
        distances(missing, of: a, to: b).map { metric, value in
          SeedNoiseRecord(
            promptID: a.promptID, seedA: first, seedB: second, metric: metric, value: value)
        })
    }
  }

  /// The metrics that the checkpoints at hand allow.
  private var available: [ScoreMetric] {
    ScoreMetric.allCases.filter { metric in
      (clip != nil || !metric.needsCLIP) && (lpips != nil || !metric.needsLPIPS)
    }
  }

  private func scores(
    _ metrics: [ScoreMetric], of sample: SampleRecord, prompt: String, baseline: SampleRecord?
  ) throws -> [ScoreRecord] {
    var values: [(ScoreMetric, Double?)] = []
    if let clip, metrics.contains(.clipScore) {
      let text = try cached("text:" + SHA256.hex(of: Array(prompt.utf8)), clip) {
        clip.model.embed(text: prompt)
      }
      values.append((.clipScore, CLIPModel.score(try embedding(of: sample, clip), text)))
    }
    if let baseline { values += try distances(metrics.filter(\.needsBaseline), of: sample, to: baseline) }
    return values.map { metric, value in
      ScoreRecord(
        sampleID: sample.id, metric: metric, value: value,
        clipFingerprint: metric.needsCLIP ? clip?.identity.fingerprint : nil,
        lpipsFingerprint: metric.needsLPIPS ? lpips?.identity.fingerprint : nil)
    }
  }

  /// - Parameter metrics: those that compare with a baseline, and whose checkpoint is there.
  private func distances(
    _ metrics: [ScoreMetric], of sample: SampleRecord, to baseline: SampleRecord
  ) throws -> [(ScoreMetric, Double?)] {
    let pictures = try metrics.contains { !$0.needsCLIP } ? (picture(sample), picture(baseline)) : nil
    let differences = try pictures.map { try ImageDifferences(of: $0.0, to: $0.1) }
    return try metrics.map { metric in
      switch metric {
      case .clipScore: (metric, nil)
      case .clipImage:
        (
          metric,
          try clip.map { CLIPModel.score(try embedding(of: sample, $0), try embedding(of: baseline, $0)) }
        )
      case .lpips: (metric, pictures.flatMap { lpips?.model.distance($0.0, $0.1) })
      case .mae: (metric, differences?.mae)
      case .rmse: (metric, differences?.rmse)
      case .psnr: (metric, differences?.psnr)
      case .ssim: (metric, differences?.ssim)
      case .msSSIM: (metric, differences?.msSSIM)
      case .changedPixels: (metric, differences?.changedPixels)
      }
    }
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
