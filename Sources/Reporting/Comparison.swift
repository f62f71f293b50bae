public import ResultStore
public import Statistics

/// Every ratio of a run against its baseline: the one value behind the terminal's table, the JSON and the
/// report.
public struct Comparison: Sendable {
  /// One variant, summed up over its pictures.
  public struct Row: Sendable {
    public let variant: VariantRecord
    /// Pictures made, failed, and neither yet.
    public let done: Int
    public let failed: Int
    public let pending: Int
    /// Mean CLIP score.
    public let clipScore: Double?
    /// The CLIP score against the baseline's; nil for the baseline, and where nothing is paired.
    public let difference: PairedComparison?
    /// Mean cosine similarity to the baseline picture, times 100.
    public let clipImage: Double?
    public let ssim: Double?
    /// Mean over the pictures that differ from their baseline.
    public let psnr: Double?
    public let mae: Double?
    public let rmse: Double?
    /// Pictures that equal their baseline, pixel for pixel.
    public let identical: Int
    public let secondsPerImage: Double?
    /// The baseline's mean seconds per image over the variant's, over the pairs that have both.
    public let speedUp: Estimate?
    /// What the reader must know before believing the row.
    public let warnings: [String]

    /// Whether the speed-up's interval excludes 1.
    public var isSpeedUpSignificant: Bool { speedUp?.interval.map { !$0.contains(1) } == true }
  }

  public let run: RunRecord
  public let promptCount: Int
  public let baseline: Row?
  /// By rising ratio, without the baseline.
  public let rows: [Row]
  /// In CLIP score points; nil without a scored baseline.
  public let margin: Double?
  public let bootstrap: Bootstrap
  /// Nil when no ratio has a CLIP score to compare.
  public let recommendation: Recommendation?

  /// - Parameters:
  ///   - margin: How large a mean difference in CLIP score still counts as none.
  ///   - bootstrap: For all intervals; the same one gives the same numbers.
  public init(_ contents: RunContents, margin: Margin = .standard, bootstrap: Bootstrap = Bootstrap()) {
    let index = SampleIndex(contents)
    let baseline = contents.variants.first(where: \.isBaseline)
    let variants = contents.variants.filter { !$0.isBaseline }
    let seeds = contents.run.settings.seeds

    func pairs(
      _ variant: VariantRecord, _ value: (SampleRecord?) -> Double?
    ) -> PairedSample<Int64> {
      PairedSample(
        contents.prompts.flatMap { prompt in
          seeds.compactMap { seed -> PairedSample<Int64>.Pair? in
            guard let baseline,
              let before = value(index.sample(prompt, baseline, seed: seed)),
              let after = value(index.sample(prompt, variant, seed: seed))
            else { return nil }
            return .init(prompt: prompt.id, baseline: before, variant: after)
          }
        })
    }

    let baselineScores = contents.samples.filter { $0.variantID == baseline?.id }
      .compactMap { index.score(.clipScore, of: $0) }
    let margin = mean(baselineScores).map { margin.value(baselineMean: $0) }
    let compared = PairedComparison.all(
      variants.map { pairs($0) { index.score(.clipScore, of: $0) } }, margin: margin ?? 0,
      bootstrap: bootstrap)

    func row(_ variant: VariantRecord, _ difference: PairedComparison?) -> Row {
      let samples = contents.samples.filter { $0.variantID == variant.id }
      let done = samples.filter { $0.state == .done }
      func average(_ metric: ScoreMetric) -> Double? {
        mean(done.compactMap { index.score(metric, of: $0) })
      }
      let times = pairs(variant) { $0?.seconds }
      let identical = variant.isBaseline ? 0 : done.count { index.isIdentical($0) }
      let failed = samples.count { $0.state == .failed }
      let pending = contents.prompts.count * seeds.count - done.count - failed
      return Row(
        variant: variant, done: done.count, failed: failed, pending: pending,
        clipScore: average(.clipScore), difference: difference, clipImage: average(.clipImage),
        ssim: average(.ssim), psnr: average(.psnr), mae: average(.mae), rmse: average(.rmse),
        identical: identical, secondsPerImage: mean(done.compactMap(\.seconds)),
        speedUp: variant.isBaseline || times.isEmpty ? nil : times.ratioOfMeans(bootstrap),
        warnings: Warning.all(
          variant, done: done.count, failed: failed, pending: pending, identical: identical))
    }

    self.run = contents.run
    self.promptCount = contents.prompts.count
    self.baseline = baseline.map { row($0, nil) }
    self.rows = zip(variants, compared).map(row)
    self.margin = margin
    self.bootstrap = bootstrap
    self.recommendation = Recommendation(
      zip(variants, compared).compactMap { variant, difference in
        difference.map {
          .init(
            ratio: variant.ratio, verdict: $0.verdict, promptCount: $0.promptCount,
            promptsNeeded: $0.promptsNeeded)
        }
      })
  }
}

/// The arithmetic mean, nil of nothing.
private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// What makes a row less than it seems.
private enum Warning {
  static func all(
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
