import CLIPModels
import Digests
import Images
public import Machine
import Metrics
import PerceptualModels
public import Pictures
public import ResultStore
import Tensors

/// Scores pictures against their prompt and their baseline picture; embeddings are
/// kept in the store, so that scoring again is cheap.
///
/// Every picture is decoded once, as long as those with one baseline follow each other.
public struct Evaluator: Sendable {
  /// What computes some metrics, and its row in the store.
  private struct Scorer {
    let record: ScorerRecord
    let weights: Weights
    let metrics: [Metric]
  }

  private enum Weights {
    case none
    case clip(CLIPScorer)
    case pick(CLIPScorer)
    case aesthetic(AestheticScorer)
    case lpips(LPIPSScorer)
  }

  private let scorers: [Scorer]
  private let baselineID: Int64?
  private let store: ResultStore
  private let pictures: RecentPictures
  private let pending = PendingRows()
  private let batch: Int

  /// - Parameters:
  ///   - contents: the run's, begun with these scorers.
  ///   - folders: where its pictures are.
  ///   - batch: the most rows that wait for being stored together when a call returns; see ``finish()``.
  public init(
    _ contents: RunContents, scorers: Scorers, store: ResultStore, folders: PictureFolders, batch: Int = 0
  ) {
    let weights: [(ScorerRecord, Weights)] = zip(
      [ScorerRecord.pixels] + scorers.records,
      [.none] + scorers.clip.map(Weights.clip) + scorers.pick.map(Weights.pick)
        + scorers.aesthetic.map(Weights.aesthetic) + scorers.lpips.map(Weights.lpips)
    ).map { ($0, $1) }
    self.scorers = weights.compactMap { asked, weights in
      contents.scorers.first(where: asked.scoresLike).map { record in
        Scorer(
          record: record, weights: weights, metrics: Metric.allCases.filter { $0.scorer == record.kind })
      }
    }
    baselineID = contents.baseline?.id
    self.store = store
    self.batch = batch
    pictures = RecentPictures(folders)
  }

  /// Stores what still waits for that.
  public func finish() throws(StoreError) { try pending.store(in: store, above: 0) }

  /// Stores the scores that a prompt's finished pictures still lack.
  ///
  /// - Parameters:
  ///   - samples: all of the prompt's.
  ///   - known: what is stored of them. A score of a picture, or against a baseline, that has been made again since
  ///     with other bits does not count.
  ///   - differences: what is stored of where and how they differ from their baselines; the same holds for those.
  /// - Returns: how many pictures were scored, and what kept others from it.
  public func scoreMissing(
    prompt: PromptRecord, samples: [SampleRecord], known: [ScoreRecord], differences: [DifferenceRecord],
    cancellation: Cancellation
  ) throws -> ScoringOutcome {
    let done = samples.filter { $0.state == .done }
    let known = Dictionary(grouping: known, by: \.sampleID)
    let differences = Dictionary(
      differences.map { ($0.sampleID, $0) }, uniquingKeysWith: { first, _ in first })
    var outcome = ScoringOutcome()
    // What was computed until something is thrown is not lost either.
    defer { try? pending.store(in: store, above: batch) }
    for sample in done {
      try cancellation.check()
      guard let picture = sample.picture else { continue }
      let baseline =
        sample.variantID == baselineID
        ? nil : done.first { $0.variantID == baselineID && $0.seed == sample.seed }
      var scores: [ScoreRecord] = []
      for scorer in scorers {
        let missing = scorer.metrics.filter { metric in
          let reference = metric.needsBaseline ? baseline?.picture?.fileHash : nil
          guard !metric.needsBaseline || reference != nil else { return false }
          return !known[sample.id, default: []].contains {
            ($0.metric, $0.scorerID, $0.picture) == (metric, scorer.record.id, picture.fileHash)
              && $0.reference == reference
          }
        }
        do {
          scores += try self.scores(missing, by: scorer, of: sample, prompt: prompt.text, baseline: baseline)
        } catch let error as NotFiniteError {
          outcome.failures[sample.id] = error
        }
      }
      let difference = try missingDifference(of: sample, to: baseline, known: differences[sample.id])
      guard !scores.isEmpty || difference != nil else { continue }
      pending.add(scores)
      if let difference { pending.add(difference) }
      outcome.scored += 1
    }
    try pending.store(in: store, above: batch)
    return outcome
  }

  /// Stores the distances that are still missing between a prompt's baseline pictures of different seeds. A scorer
  /// whose numbers are useless stores none; ``scoreMissing(prompt:samples:known:differences:cancellation:)`` tells of it.
  ///
  /// Each seed is measured against the one after it, with more than two seeds the last against the first: as many
  /// pairs as seeds, not their square.
  ///
  /// - Parameters:
  ///   - samples: all of the prompt's.
  ///   - seeds: of the run, in their order.
  ///   - known: what of the prompt is stored.
  public func measureMissingNoise(
    samples: [SampleRecord], seeds: [Seed], known: [SeedNoiseRecord], cancellation: Cancellation
  ) throws {
    let baselines = samples.filter { $0.state == .done && $0.variantID == baselineID }
    for index in 0..<max(seeds.count > 2 ? seeds.count : seeds.count - 1, 0) {
      try cancellation.check()
      let (first, second) = (seeds[index], seeds[(index + 1) % seeds.count])
      guard let a = baselines.first(where: { $0.seed == first }),
        let b = baselines.first(where: { $0.seed == second }), let picture = a.picture?.fileHash,
        let reference = b.picture?.fileHash
      else { continue }
      var records: [SeedNoiseRecord] = []
      for scorer in scorers {
        let missing = scorer.metrics.filter { metric in
          metric.needsBaseline
            && !known.contains {
              ($0.seedA, $0.seedB, $0.metric, $0.scorerID, $0.picture)
                == (first, second, metric, scorer.record.id, picture)
                && $0.reference == reference
            }
        }
        do {
          records += try distances(missing, by: scorer, of: a, to: b).map { metric, value in
            SeedNoiseRecord(
              promptID: a.promptID, seedA: first, seedB: second, metric: metric, scorerID: scorer.record.id,
              value: value, picture: picture, reference: reference)
          }
        } catch is NotFiniteError {
          continue
        }
      }
      pending.add(records)
    }
    try pending.store(in: store, above: batch)
  }

  /// Where and how a picture differs from its baseline; nil where that is known, and without a baseline.
  private func missingDifference(
    of sample: SampleRecord, to baseline: SampleRecord?, known: DifferenceRecord?
  ) throws -> DifferenceRecord? {
    guard let baseline, let picture = sample.picture?.fileHash, let reference = baseline.picture?.fileHash,
      (known?.picture, known?.reference) != (picture, reference)
    else { return nil }
    return DifferenceRecord(
      sampleID: sample.id, picture: picture, reference: reference,
      difference: try PictureDifference(
        of: pictures.image(sample), to: pictures.image(baseline), measured: pictures.measured(baseline)))
  }

  private func scores(
    _ metrics: [Metric], by scorer: Scorer, of sample: SampleRecord, prompt: String, baseline: SampleRecord?
  ) throws -> [ScoreRecord] {
    var values: [(Metric, Double?)] = []
    for metric in metrics where !metric.needsBaseline {
      values.append((metric, try score(by: scorer.weights, of: sample, prompt: prompt)))
    }
    if let baseline {
      values += try distances(metrics.filter(\.needsBaseline), by: scorer, of: sample, to: baseline)
    }
    return values.map { metric, value in
      ScoreRecord(
        sampleID: sample.id, metric: metric, scorerID: scorer.record.id, value: value,
        picture: sample.picture?.fileHash ?? "",
        reference: metric.needsBaseline ? baseline?.picture?.fileHash : nil)
    }
  }

  /// What a picture is worth by itself, or for its prompt; nil from what only compares.
  private func score(by weights: Weights, of sample: SampleRecord, prompt: String) throws -> Double? {
    func cosine(_ clip: CLIPScorer) throws -> Double {
      let text = try cached("text:" + SHA256.hex(of: Array(prompt.utf8)), clip) {
        try clip.model.embed(text: prompt)
      }
      return CLIPModel.score(try embedding(of: sample, clip), text)
    }
    switch weights {
    case .none, .lpips: return nil
    case .clip(let clip): return try cosine(clip)
    case .pick(let pick): return try pick.model.preferenceScale() * cosine(pick) / 100
    case .aesthetic(let head): return head.model.score(try embedding(of: sample, head.clip))
    }
  }

  /// - Parameter metrics: of the scorer, those that compare with a baseline.
  private func distances(
    _ metrics: [Metric], by scorer: Scorer, of sample: SampleRecord, to baseline: SampleRecord
  ) throws -> [(Metric, Double?)] {
    guard !metrics.isEmpty else { return [] }
    switch scorer.weights {
    case .none:
      let differences = try ImageDifferences(of: pictures.image(sample), to: pictures.image(baseline))
      return metrics.map { ($0, differences[$0]) }
    case .pick, .aesthetic: preconditionFailure("compares nothing with a baseline")
    case .clip(let clip):
      let similarity = CLIPModel.score(
        try embedding(of: sample, clip), try embedding(of: baseline, clip))
      return metrics.map { ($0, similarity) }
    case .lpips(let lpips):
      let distance = try lpips.model.distance(try pictures.image(sample), try pictures.image(baseline))
      return metrics.map { ($0, distance) }
    }
  }

  private func embedding(of sample: SampleRecord, _ clip: CLIPScorer) throws -> [Float] {
    try cached(sample.picture?.fileHash ?? sample.contentKey, clip) {
      try clip.model.embed(image: pictures.image(sample))
    }
  }

  private func cached(_ subject: String, _ clip: CLIPScorer, _ embed: () throws -> [Float]) throws -> [Float]
  {
    let fingerprint = clip.identity.fingerprint
    let key = ScoreBatch.Subject(subject, clipFingerprint: fingerprint)
    if let waiting = pending[key] { return waiting }
    if let stored = try store.embedding(
      of: subject, clipFingerprint: fingerprint, count: clip.model.embeddingSize)
    {
      return stored
    }
    let embedding = try embed()
    pending[key] = embedding
    return embedding
  }
}
