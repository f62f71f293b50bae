package import Metrics
package import Pictures
package import ResultStore

/// The samples of a run by prompt, variant and seed, each with its scores.
package struct SampleIndex: Sendable {
  private struct Place: Hashable {
    let prompt: Int64
    let variant: Int64
    let seed: Seed
  }

  private struct Score: Hashable {
    let metric: Metric
    let scorer: Int64
  }

  private var samples: [Place: SampleRecord] = [:]
  private var seeds: [Int64: [Seed]] = [:]
  private var scores: [Int64: [Score: Double]] = [:]
  private let executions: [Int64: ExecutionRecord]
  private let baselineID: Int64?
  private let meanDifference: Measure?
  private let likeness: (ssim: Measure?, clipImage: Measure?)
  private let differences: [Int64: DifferenceRecord]

  package init(_ contents: RunContents) {
    executions = Dictionary(contents.executions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    baselineID = contents.baseline?.id
    meanDifference = contents.measure(.mae)
    likeness = (contents.measure(.ssim), contents.measure(.clipImage))
    differences = Dictionary(
      contents.differences.map { ($0.sampleID, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<SampleRecord.Place> = []
    for sample in contents.samples {
      samples[Place(prompt: sample.promptID, variant: sample.variantID, seed: sample.seed)] = sample
      if seen.insert(sample.place).inserted { seeds[sample.promptID, default: []].append(sample.seed) }
    }
    for score in contents.scores {
      scores[score.sampleID, default: [:]][Score(metric: score.metric, scorer: score.scorerID)] = score.value
    }
  }

  /// Those that the prompt has pictures of, made or not: of a sweep all of the run's, of imported pictures its own.
  package func seeds(of prompt: PromptRecord) -> [Seed] { seeds[prompt.id, default: []] }

  package func sample(_ prompt: PromptRecord, _ variant: VariantRecord, seed: Seed) -> SampleRecord? {
    samples[Place(prompt: prompt.id, variant: variant.id, seed: seed)]
  }

  /// Nil when the score is missing or not a number here.
  package func score(_ measure: Measure?, of sample: SampleRecord?) -> Double? {
    guard let measure, let sample else { return nil }
    return scores[sample.id]?[Score(metric: measure.metric, scorer: measure.scorer.id)]
  }

  /// Who made the sample's picture.
  func execution(of sample: SampleRecord) -> ExecutionRecord? {
    sample.executionID.flatMap { executions[$0] }
  }

  /// Where and how a picture differs from its baseline; nil where that was not measured.
  package func difference(of sample: SampleRecord?) -> DifferenceRecord? {
    sample.flatMap { differences[$0.id] }
  }

  /// What went wrong with a picture, as far as was measured.
  package func damage(of sample: SampleRecord?) -> [DamageKind] {
    guard let sample, sample.state == .done, sample.variantID != baselineID else { return [] }
    return DamageKind.kinds(
      of: difference(of: sample)?.traits, ssim: score(likeness.ssim, of: sample),
      clipImage: score(likeness.clipImage, of: sample))
  }

  /// Whether the picture equals its baseline, pixel for pixel.
  package func isIdentical(_ sample: SampleRecord?) -> Bool {
    guard let sample, sample.state == .done, let baselineID, sample.variantID != baselineID,
      let baseline = samples[Place(prompt: sample.promptID, variant: baselineID, seed: sample.seed)],
      baseline.state == .done
    else { return false }
    if let own = sample.picture?.pixelHash, let other = baseline.picture?.pixelHash { return own == other }
    // Stores of an earlier schema have no hashes of pixels.
    return score(meanDifference, of: sample) == 0
  }
}
