public import ResultStore
public import Statistics

/// The variants of a run against what they are paired with: the one value behind the terminal's table, the JSON
/// and the report.
public struct Comparison: Sendable {
  /// How much of it is computed.
  public enum Detail: Sendable {
    case full
    /// All but how sure the recommendation is.
    case preliminary
    /// Counts, mean scores, differences and verdicts, as for groups of prompts.
    case differences
  }

  /// One variant, summed up over its pictures.
  public struct Row: Sendable {
    public let variant: VariantRecord
    /// Pictures made, failed, and neither yet.
    public let done: Int
    public let failed: Int
    public let pending: Int
    /// Mean scores over the pictures that have them; of PSNR, over those that differ from their baseline.
    public let means: [ScoreMetric: Double]
    /// The mean of the comparison's metric, one value per prompt, with its interval.
    public let score: Estimate?
    /// The metric against the reference's; nil for the reference, and where nothing is paired.
    public let difference: PairedComparison?
    /// How far the pictures moved, as a share of what another seed moves them; see ``Comparison/rulerMetric``.
    public let seedShare: Estimate?
    /// Pictures that equal their baseline, pixel for pixel.
    public let identical: Int
    public let secondsPerImage: Double?
    /// The highest resident memory while a picture was made, the median over the pictures.
    public let peakMemoryBytes: Int?
    /// The reference's mean seconds per image over the variant's, over the pairs that have both.
    public let speedUp: Estimate?
    /// What the reader must know before believing the row.
    public let warnings: [String]

    /// Whether the speed-up's interval excludes 1.
    public var isSpeedUpSignificant: Bool { speedUp?.interval.map { !$0.contains(1) } == true }
    /// Whether every picture equals its baseline.
    public var isIdentical: Bool { done > 0 && identical == done }
  }

  public let pairing: Pairing
  /// What differences and verdicts are about.
  public let metric: ScoreMetric
  public let promptCount: Int
  /// The variant that the rows are compared with; nil between runs.
  public let baseline: Row?
  /// By rising ratio, without the reference; an unmerged variant of equal time after its ratio.
  public let rows: [Row]
  /// In the metric's units; nil where nothing is paired.
  public let margin: Double?
  public let bootstrap: Bootstrap
  /// The metric by which seeds measure how far pictures moved: the comparison's own, or CLIP-I, or what there
  /// is; nil where seed noise was not measured.
  public let rulerMetric: ScoreMetric?
  /// Of merging against none, by CLIP score; nil when no ratio has one to compare.
  public let recommendation: Recommendation?
  /// The share of resamples of the prompts in which the same recommendation comes out.
  public let sureness: Double?

  public var run: RunRecord { pairing.contents.run }

  /// The run's variants with its baseline.
  public init(
    _ contents: RunContents, metric: ScoreMetric = .clipScore, margin: Margin = .standard,
    bootstrap: Bootstrap = Bootstrap(), detail: Detail = .full
  ) {
    self.init(
      Pairing(baselineOf: contents), metric: metric, margin: margin, bootstrap: bootstrap, detail: detail)
  }

  /// - Parameters:
  ///   - metric: What differences and verdicts are about. One that compares with the baseline has no difference
  ///     to the baseline itself.
  ///   - margin: How large a mean difference still counts as none.
  ///   - bootstrap: For all intervals; the same one gives the same numbers.
  public init(
    _ pairing: Pairing, metric: ScoreMetric = .clipScore, margin: Margin = .standard,
    bootstrap: Bootstrap = Bootstrap(), detail: Detail = .full
  ) {
    let isComparable = pairing.isComparable(metric)
    let samples = isComparable ? pairing.entries.map { pairing.scores(metric, of: $0) } : []
    let points = samples.contains { !$0.isEmpty } ? pairing.referenceMean(metric) : nil
    let marginValue = points.map { margin.value(baselineMean: $0) }
    let compared =
      isComparable
      ? PairedComparison.all(
        samples, margin: marginValue ?? 0, higherIsBetter: metric.higherIsBetter, bootstrap: bootstrap)
      : pairing.entries.map { _ in nil }
    let ruler =
      pairing.kind == .baseline && detail != .differences ? SeedRuler(pairing, preferred: metric) : nil

    self.pairing = pairing
    self.metric = metric
    promptCount = pairing.prompts.count
    self.margin = marginValue
    self.bootstrap = bootstrap
    rulerMetric = ruler?.metric
    baseline = pairing.reference.map {
      Row(.init(variant: $0, reference: nil), pairing, metric, nil, ruler: nil, bootstrap, detail)
    }
    rows = zip(pairing.entries, compared).map {
      Row($0, pairing, metric, $1, ruler: ruler, bootstrap, detail)
    }

    // Merging at the run's own steps, by the first rule: what else a row may be is no ratio to recommend.
    let merged = pairing.entries.indices.filter {
      let variant = pairing.entries[$0].variant
      return variant.ratio > 0 && variant.steps == nil && compared[$0] != nil
        && pairing.entries.first { $0.variant.ratio > 0 }.map { variant.mergesLike($0.variant) } == true
    }
    recommendation =
      pairing.kind == .baseline && metric == .clipScore
      ? Recommendation(
        merged.compactMap { index in
          compared[index].map {
            .init(
              ratio: pairing.entries[index].variant.ratio, verdict: $0.verdict, promptCount: $0.promptCount,
              promptsNeeded: $0.promptsNeeded)
          }
        }) : nil
    sureness = recommendation.flatMap { recommendation in
      guard detail == .full else { return nil }
      if case .tooFewPrompts = recommendation { return nil }
      return recommendation.sureness(
        merged.map { samples[$0] }, ratios: merged.map { pairing.entries[$0].variant.ratio },
        margin: marginValue ?? 0, seed: bootstrap.seed)
    }
  }

  /// Whether pictures failed or are missing.
  public var isIncomplete: Bool {
    ((baseline.map { [$0] } ?? []) + rows).contains { $0.failed > 0 || $0.pending > 0 }
  }
}

extension Comparison.Row {
  init(
    _ entry: Pairing.Entry, _ pairing: Pairing, _ metric: ScoreMetric, _ difference: PairedComparison?,
    ruler: SeedRuler?, _ bootstrap: Bootstrap, _ detail: Comparison.Detail
  ) {
    let variant = entry.variant
    let slots = pairing.slots(of: entry)
    let done = slots.filter { $0.own?.state == .done }
    let identical = variant.isBaseline ? 0 : done.count { pairing.index.isIdentical($0.own) }
    let failed = slots.count { $0.own?.state == .failed }
    let pending = slots.count - done.count - failed
    let times = detail == .differences ? nil : pairing.seconds(of: entry)
    var means: [ScoreMetric: Double] = [:]
    for metric in ScoreMetric.allCases {
      means[metric] = mean(done.compactMap { pairing.index.score(metric, of: $0.own) })
    }
    let values = Dictionary(
      grouping: done.compactMap { slot in
        pairing.index.score(metric, of: slot.own).map { (prompt: slot.prompt.id, value: $0) }
      }, by: \.prompt)
    let perPrompt = pairing.prompts.compactMap { prompt in
      values[prompt.own.id].flatMap { mean($0.map(\.value)) }
    }
    self.variant = variant
    self.done = done.count
    self.failed = failed
    self.pending = pending
    self.means = means
    score = perPrompt.isEmpty || detail == .differences ? nil : bootstrap.mean(of: perPrompt)
    self.difference = difference
    seedShare = ruler?.share(of: done, bootstrap)
    self.identical = identical
    secondsPerImage = mean(done.compactMap(\.own?.seconds))
    peakMemoryBytes = median(done.compactMap(\.own?.peakMemoryBytes))
    speedUp = times.flatMap { $0.isEmpty ? nil : $0.ratioOfMeans(bootstrap) }
    var warnings = Self.warnings(
      variant, done: done.count, failed: failed, pending: pending, identical: identical)
    if metric == .psnr, difference != nil {
      let lost = slots.count {
        pairing.index.isIdentical($0.own) || pairing.referenceIndex.isIdentical($0.reference)
      }
      if lost > 0 { warnings.append("\(NumberText.count(lost, "pair")) with an identical picture left out") }
    }
    self.warnings = warnings
  }

  /// What makes a row less than it seems.
  private static func warnings(
    _ variant: VariantRecord, done: Int, failed: Int, pending: Int, identical: Int
  ) -> [String] {
    var warnings: [String] = []
    if failed > 0 { warnings.append("\(NumberText.count(failed, "picture")) failed") }
    if pending > 0 { warnings.append("\(NumberText.count(pending, "picture")) not made yet") }
    if variant.effectiveRatio < variant.ratio {
      warnings.append(
        "capped: \(NumberText.ratio(variant.ratio)) merges no more than "
          + "\(NumberText.ratio(variant.effectiveRatio)), because one token of every "
          + "\(variant.sx) × \(variant.sy) stays")
    }
    if done > 0, identical == done {
      warnings.append("no effect: every picture is identical to its baseline")
    }
    return warnings
  }
}

/// The arithmetic mean, nil of nothing.
private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The upper of the two in the middle for an even count, nil of nothing.
private func median(_ values: [Int]) -> Int? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
