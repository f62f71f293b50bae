public import Metrics
import Pictures
public import ResultStore
public import Statistics
import TokenMerging
import Wording

extension Comparison {
  /// One variant, summed up over its pictures.
  public struct Row: Sendable {
    public let variant: VariantRecord
    /// Pictures made, failed, and neither yet.
    public let done: Int
    public let failed: Int
    public let pending: Int
    /// Mean scores over the pictures that have them; of PSNR, over those that differ from their baseline. Between runs
    /// whose pictures were compared, what compares is of the pairs, see ``PairScores``.
    public let means: [Measure: Double]
    /// The mean of the comparison's measure, one value per prompt, with its interval.
    public let score: Estimate?
    /// The measure against the reference's; nil for the reference, and where nothing is paired.
    public let difference: PairedComparison?
    /// How far the pictures moved, as a share of what another seed moves them; see ``Comparison/rulerMeasure``.
    public let seedShare: Estimate?
    /// How far its pictures as a whole lie from the reference's; nil where nothing is paired.
    public let setDistance: SetDistance?
    /// Pictures that equal their baseline, pixel for pixel.
    public let identical: Int
    /// Pictures of each kind of damage against the run's baseline; nil where none was measured for it.
    package let damage: [DamageKind: Int]?
    /// Pictures that equal those of the other run; nil within a run.
    public let pairIdentity: PairIdentity?
    public let secondsPerImage: Double?
    /// The highest resident memory while a picture was made, the median over the pictures.
    public let peakMemoryBytes: Int?
    /// How many times as fast the variant is as the reference, over the pairs that have both their seconds and
    /// whose machines and versions are alike.
    public let timing: SpeedUp?
    /// The share of tokens that merging took away: the mean over the pictures that tell, otherwise what was computed
    /// beforehand.
    public let effectiveRatio: Double
    /// What the reader must know before believing the row.
    public let warnings: [String]

    /// Whether less was merged than the ratio says.
    var isCapped: Bool {
      variant.effectiveRatio < variant.ratio || effectiveRatio < variant.ratio - Self.rounding
    }
    /// What an effective ratio may be off by as whole tokens are merged, on the smallest grids.
    static let rounding = 0.02

    public var speedUp: Estimate? { timing?.estimate }
    /// Whether every picture equals its baseline.
    public var isIdentical: Bool { done > 0 && identical == done }
  }
}

extension Comparison.Row {
  init(
    _ entry: Pairing.Entry, _ pairing: Pairing, _ measure: Measure?, _ difference: PairedComparison?,
    ruler: SeedRuler?, _ bootstrap: Bootstrap, _ detail: Comparison.Detail
  ) {
    let variant = entry.variant
    let slots = pairing.slots(of: entry)
    let done = slots.filter { $0.own?.state == .done }
    let identical = variant.isBaseline ? 0 : done.count { pairing.index.isIdentical($0.own) }
    let failed = slots.count { $0.own?.state == .failed }
    let pending = slots.count - done.count - failed
    let times = detail.isWhole ? pairing.times(of: entry) : nil
    var means: [Measure: Double] = [:]
    for measure in pairing.measures {
      means[measure] = mean(done.compactMap { pairing.score(measure, of: $0) })
    }
    let values = Dictionary(
      grouping: done.compactMap { slot in
        pairing.score(measure, of: slot).map { (prompt: pairing.unit(of: slot.prompt), value: $0) }
      }, by: \.prompt)
    let perPrompt = pairing.unitsInOrder.compactMap { prompt in
      values[prompt].flatMap { mean($0.map(\.value)) }
    }
    self.variant = variant
    self.done = done.count
    self.failed = failed
    self.pending = pending
    self.means = means
    score = perPrompt.isEmpty || !detail.isWhole ? nil : bootstrap.mean(of: perPrompt)
    self.difference = difference
    seedShare = ruler?.share(of: done, bootstrap)
    setDistance = detail == .full ? pairing.setDistance(of: entry, seed: bootstrap.seed) : nil
    self.identical = identical
    damage =
      done.contains { pairing.index.difference(of: $0.own) != nil }
      ? Dictionary(
        done.flatMap { pairing.index.damage(of: $0.own) }.map { ($0, 1) }, uniquingKeysWith: +) : nil
    pairIdentity = pairing.identity(of: slots)
    secondsPerImage = mean(done.compactMap(\.own?.seconds))
    peakMemoryBytes = median(done.compactMap(\.own?.peakMemoryBytes))
    timing = times.flatMap { SpeedUp($0.pairs, bootstrap: bootstrap) }
    effectiveRatio =
      mean(done.compactMap(\.own?.mergeStatistics?.effectiveRatio)) ?? variant.effectiveRatio
    var warnings = Self.warnings(
      variant, done: done.count, failed: failed, pending: pending, identical: identical)
    if abs(effectiveRatio - variant.effectiveRatio) > Self.rounding {
      warnings.append(
        "its pictures had \(NumberText.ratio(effectiveRatio)) of their tokens merged, "
          + "\(NumberText.ratio(variant.effectiveRatio)) was expected")
    }
    warnings += times.flatMap(pairing.warning).map { [$0] } ?? []
    warnings += timing.map { pairing.warnings($0, of: variant) } ?? []
    if measure?.metric == .psnr, difference != nil {
      let lost = slots.count {
        pairing.index.isIdentical($0.own) || pairing.referenceIndex.isIdentical($0.reference)
      }
      if lost > 0 { warnings.append("\(NumberText.count(lost, "pair")) with an identical picture left out") }
    }
    self.warnings = warnings
  }

  /// What of its pictures is not there.
  var shortfalls: [String] { Self.shortfalls(failed: failed, pending: pending) }

  private static func shortfalls(failed: Int, pending: Int) -> [String] {
    [(failed, "failed"), (pending, "not made yet")].filter { $0.0 > 0 }.map { count, fate in
      "\(NumberText.count(count, "picture")) \(fate)"
    }
  }

  /// What makes a row less than it seems.
  private static func warnings(
    _ variant: VariantRecord, done: Int, failed: Int, pending: Int, identical: Int
  ) -> [String] {
    var warnings = shortfalls(failed: failed, pending: pending)
    if let merging = variant.recipe.merging, variant.effectiveRatio < variant.ratio {
      warnings.append(
        "capped: \(NumberText.ratio(variant.ratio)) merges no more than "
          + "\(NumberText.ratio(variant.effectiveRatio)), because one token of every "
          + "\(merging.sx) × \(merging.sy) stays")
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
