import ResultStore

/// The samples of a run by prompt, variant and seed, each with its scores.
struct SampleIndex: Sendable {
  struct Key: Hashable, Sendable {
    let prompt: Int64
    let variant: Int64
    let seed: Int
  }

  private var samples: [Key: SampleRecord] = [:]
  private var scores: [Int64: [ScoreMetric: Double?]] = [:]

  init(_ contents: RunContents) {
    for sample in contents.samples {
      samples[Key(prompt: sample.promptID, variant: sample.variantID, seed: sample.seed)] = sample
    }
    for score in contents.scores {
      scores[score.sampleID, default: [:]][score.metric] = .some(score.value)
    }
  }

  func sample(_ prompt: PromptRecord, _ variant: VariantRecord, seed: Int) -> SampleRecord? {
    samples[Key(prompt: prompt.id, variant: variant.id, seed: seed)]
  }

  /// Nil when the metric is missing or not a number here.
  func score(_ metric: ScoreMetric, of sample: SampleRecord?) -> Double? {
    sample.flatMap { scores[$0.id]?[metric] } ?? nil
  }

  /// Whether the picture equals its baseline, pixel for pixel: scored, with a PSNR that is no number.
  func isIdentical(_ sample: SampleRecord?) -> Bool {
    guard let sample, sample.state == .done, let psnr = scores[sample.id]?[.psnr] else { return false }
    return psnr == nil
  }
}
