public import Metrics
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
    /// The same, and how sure the recommendation is.
    case advice

    /// Whether it has how a row was made, beside how its pictures are: times, and the interval of its mean.
    var isWhole: Bool { self == .full || self == .preliminary }
    var isSure: Bool { self == .full || self == .advice }
  }

  public let pairing: Pairing
  /// What differences and verdicts are about; nil for the CLIP score of a run that has none.
  public let measure: Measure?
  /// Equal texts count once.
  public let promptCount: Int
  /// The variant that the rows are compared with; nil between runs.
  public let baseline: Row?
  /// By rising ratio, without the reference; an unmerged variant of equal time after its ratio.
  public let rows: [Row]
  /// In the metric's units; nil where nothing is paired.
  public let margin: Double?
  /// What the margin was asked to be.
  let rule: Margin
  public let bootstrap: Bootstrap
  /// By which seeds measure how far pictures moved: the comparison's own measure, or CLIP-I, or what there is; nil
  /// where seed noise was not measured.
  public let rulerMeasure: Measure?
  /// Of merging against none, by CLIP score; nil when no ratio has one to compare.
  public let recommendation: Recommendation?
  /// The share of resamples of the prompts in which the same recommendation comes out.
  public let sureness: Double?
  /// What people say of the pictures; nil where no votes of them are stored.
  public let people: People?

  public var run: RunRecord { pairing.contents.run }
  public var metric: Metric { measure?.metric ?? .clipScore }

  /// The run's variants with its baseline.
  package init(
    _ contents: RunContents, measure: Measure? = nil, margin: Margin = .standard,
    voteMargin: Double = Preference.standardMargin, bootstrap: Bootstrap = Bootstrap(), detail: Detail = .full
  ) {
    self.init(
      Pairing(baselineOf: contents), measure: measure, margin: margin, voteMargin: voteMargin,
      bootstrap: bootstrap, detail: detail)
  }

  /// - Parameters:
  ///   - measure: What differences and verdicts are about, by default the CLIP score. One that compares with the
  ///     baseline has no difference to the baseline itself.
  ///   - margin: How large a mean difference still counts as none.
  ///   - voteMargin: How far from one half a share of votes may lie and still count as no preference.
  ///   - bootstrap: For all intervals; the same one gives the same numbers.
  package init(
    _ pairing: Pairing, measure: Measure? = nil, margin: Margin = .standard,
    voteMargin: Double = Preference.standardMargin, bootstrap: Bootstrap = Bootstrap(), detail: Detail = .full
  ) {
    let measure = measure ?? pairing.standardMeasure
    let metric = measure?.metric ?? .clipScore
    let samples = pairing.entries.map { pairing.scores(measure, of: $0) }
    let points = samples.contains { !$0.isEmpty } ? pairing.referenceMean(measure) : nil
    let spread = if case .shareOfSeedSpread = margin { pairing.seedSpread(measure) } else { Double?.none }
    let marginValue = points.flatMap { margin.value(baselineMean: $0, seedSpread: spread) }
    let compared = PairedComparison.all(
      samples, margin: marginValue ?? 0, higherIsBetter: metric.higherIsBetter, bootstrap: bootstrap)
    let ruler =
      pairing.kind == .baseline && detail.isWhole ? SeedRuler(pairing, preferred: measure) : nil
    func row(_ entry: Pairing.Entry, _ difference: PairedComparison?, ruler: SeedRuler?) -> Row {
      Row(entry, pairing, measure, difference, ruler: ruler, bootstrap, detail)
    }

    self.pairing = pairing
    self.measure = measure
    promptCount = pairing.unitsInOrder.count
    self.margin = marginValue
    rule = margin
    self.bootstrap = bootstrap
    rulerMeasure = ruler?.measure
    people = detail.isWhole ? People(pairing, margin: voteMargin) : nil
    baseline = pairing.reference.map { row(.init(variant: $0, reference: nil), nil, ruler: nil) }
    rows = zip(pairing.entries, compared).map { row($0, $1, ruler: ruler) }

    // Merging with the run's own scheduler and steps, by the first rule: what else a row may be is no ratio to recommend.
    let merged = pairing.entries.indices.filter {
      let variant = pairing.entries[$0].variant
      return variant.isMerged && variant.isSampledLikeBaseline && compared[$0] != nil
        && pairing.entries.first { $0.variant.isMerged }.map { variant.mergesLike($0.variant) } == true
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
      guard detail.isSure else { return nil }
      if case .tooFewPrompts = recommendation { return nil }
      return recommendation.sureness(
        merged.map { samples[$0] }, ratios: merged.map { pairing.entries[$0].variant.ratio },
        confidences: merged.compactMap { compared[$0]?.confidence },
        margin: marginValue ?? 0, seed: bootstrap.seed)
    }
  }

  /// The reference's first, where it is shown.
  package var allRows: [Row] { (baseline.map { [$0] } ?? []) + rows }

  /// About how many more prompts would probably settle every row that no verdict has fallen on, and carry a
  /// recommendation: the one number that is said of it. Nil where nothing is open, or nobody knows.
  package var morePrompts: Int? {
    rows.compactMap { row in
      row.difference.flatMap { difference in
        difference.promptsNeeded.map {
          max($0, recommendation == nil ? 0 : Recommendation.minimumPrompts) - difference.promptCount
        }
      }
    }.max().flatMap { $0 > 0 ? $0 : nil }
  }

  /// Whether seconds are known, of pictures that are there at all: pictures from elsewhere may come without, and then
  /// nothing is said about time.
  package var isTimed: Bool {
    allRows.contains { $0.secondsPerImage != nil } || allRows.allSatisfy { $0.done == 0 }
  }

  /// Whether pictures failed or are missing.
  public var isIncomplete: Bool { allRows.contains { $0.failed > 0 || $0.pending > 0 } }
}
