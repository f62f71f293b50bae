import Comparisons
import Metrics
import ResultStore
import Statistics
import Wording

/// Where every variant lies between speed and quality: positions of a chart 560 × 340, with axes and error bars.
///
/// Merging is drawn as discs on a line that starts at the baseline, the unmerged model with fewer steps as diamonds
/// on a dashed one: which line runs above the other is which way of saving time costs less.
struct QualitySpeedChart: Sendable {
  struct Point: Sendable {
    let label: String
    let verdictClass: String
    let x: String
    let y: String
    let left: String
    let right: String
    let top: String
    let bottom: String
    let labelX: String
    let labelY: String
    let labelAnchor: String
    let isMerged: Bool
    /// The outline of a diamond.
    let diamond: String
    /// Where the square begins by which it can be hit.
    let hitX: String
    let hitY: String
    /// The pictures behind the point.
    let pointAddress: String
    /// What the point says, in words.
    let pointWords: String
  }

  struct Line: Sendable {
    let points: String
    let isMerged: Bool
  }

  /// Unique on the page.
  let chartID: String
  let points: [Point]
  let lines: [Line]
  let hasFewerSteps: Bool
  /// What the diamonds are; nil where there are none.
  let unmergedLegend: String?
  let xTicks: [ChartTick]
  let yTicks: [ChartTick]
  let baselineX: String
  let zeroY: String
  let bandTop: String
  let bandHeight: String
  /// What the chart shows, in words.
  let alternative: String

  private static let plot = (left: 62.0, right: 540.0, top: 16.0, bottom: 284.0)

  private struct Measured {
    let row: Comparison.Row
    let difference: PairedComparison
    let timing: SpeedUp

    init?(_ row: Comparison.Row) {
      guard let difference = row.difference, let timing = row.timing else { return nil }
      (self.row, self.difference, self.timing) = (row, difference, timing)
    }

    var isMerged: Bool { row.variant.isMerged }
    var speedUp: Estimate { timing.estimate }
    /// Of an interval without much to go by, which may reach anywhere, no more than some times the value.
    var speeds: [Double] {
      ends(speedUp).map { min(max($0, speedUp.value / Self.reach), speedUp.value * Self.reach) }
    }
    private static let reach = 3.0
    var scores: [Double] { ends(difference.difference) }

    private func ends(_ estimate: Estimate) -> [Double] {
      [
        estimate.value, estimate.interval?.lower ?? estimate.value,
        estimate.interval?.upper ?? estimate.value,
      ]
    }
  }

  /// Nil when no variant has both a CLIP score difference and a speed-up.
  /// - Parameter others: Comparisons whose charts have the same axes.
  init?(
    _ comparison: Comparison, _ sentence: VerdictSentence, id: String = "trade-off",
    sharing others: [Comparison] = [], links: SheetLinks? = nil
  ) {
    let measured = comparison.rows.compactMap(Measured.init)
    guard let margin = comparison.margin, !measured.isEmpty else { return nil }
    let all = measured + others.flatMap { $0.rows.compactMap(Measured.init) }
    let margins = ([comparison] + others).compactMap(\.margin).flatMap { [-$0, $0] }
    let speeds = ChartScale(covering: all.flatMap(\.speeds) + [1], from: Self.plot.left, to: Self.plot.right)
    let scores = ChartScale(
      covering: all.flatMap(\.scores) + margins, from: Self.plot.bottom, to: Self.plot.top)
    let places = measured.map {
      (speeds.position($0.speedUp.value), scores.position($0.difference.difference.value))
    }

    var labels = ChartLabels(
      avoiding: places + [(speeds.position(1), scores.position(0))], right: Self.plot.right + 16)
    points = zip(measured, places).map { measured, place in
      let (x, y) = place
      let text = Self.shortLabel(measured.row.variant)
      let label = labels.place(text, at: place)
      let ends = (measured.speedUp.interval, measured.difference.difference.interval)
      return Point(
        label: text, verdictClass: measured.difference.verdict.style, x: svg(x), y: svg(y),
        left: svg(ends.0.map { speeds.clamped($0.lower) } ?? x),
        right: svg(ends.0.map { speeds.clamped($0.upper) } ?? x),
        top: svg(ends.1.map { scores.position($0.upper) } ?? y),
        bottom: svg(ends.1.map { scores.position($0.lower) } ?? y),
        labelX: svg(label.x), labelY: svg(label.y), labelAnchor: label.anchor, isMerged: measured.isMerged,
        diamond: "M\(svg(x)) \(svg(y - 6))l6 6-6 6-6-6z", hitX: svg(x - 12), hitY: svg(y - 12),
        pointAddress: links?.address(measured.row.variant) ?? "#sheet",
        pointWords: Self.words(measured, sentence))
    }
    lines = Self.lines(
      zip(measured, places).map { ($0.row.variant, $1) }, from: (speeds.position(1), scores.position(0)))
    let unmerged = measured.filter { !$0.isMerged }.map(\.row.variant)
    hasFewerSteps = unmerged.contains { $0.steps != nil }
    let isOtherwise = unmerged.contains { $0.scheduler != nil || $0.clipSkip != nil }
    unmergedLegend =
      unmerged.isEmpty ? nil : isOtherwise ? "unmerged, sampled otherwise" : "unmerged, with fewer steps"
    xTicks = speeds.ticks.map {
      ChartTick(position: svg(speeds.position($0)), text: NumberText.fixed($0, speeds.decimals) + "×")
    }
    yTicks = ChartTick.differences(scores)
    baselineX = svg(speeds.position(1))
    zeroY = svg(scores.position(0))
    bandTop = svg(scores.position(margin))
    bandHeight = svg(scores.position(-margin) - scores.position(margin))
    chartID = id
    alternative =
      "Change of the CLIP score against speed-up, with 95 % intervals. The baseline is at 1 and 0. "
      + measured.map { Self.words($0, sentence) }.joined(separator: " ")
  }

  private static func words(_ measured: Measured, _ sentence: VerdictSentence) -> String {
    "\(measured.row.variant.heading): \(VerdictSentence.speed(measured.timing)), "
      + "\(sentence.difference(measured.difference.difference)) points, \(measured.difference.verdict.word(.clipScore))."
  }

  /// The label without whose time it has: the chart shows that.
  static func shortLabel(_ variant: VariantRecord) -> String {
    guard variant.equalTimeRatio != nil, let steps = variant.steps else { return variant.label }
    return NumberText.count(steps, "step")
  }

  /// A line through the ratios of every merging rule with the same scheduler and steps, and one through a scheduler's
  /// unmerged variants, by rising effort saved.
  private static func lines(
    _ points: [(variant: VariantRecord, place: (x: Double, y: Double))], from start: (x: Double, y: Double)
  ) -> [Line] {
    var groups: [[(variant: VariantRecord, place: (x: Double, y: Double))]] = []
    for point in points {
      let known = groups.firstIndex { group in
        guard let first = group.first?.variant else { return false }
        let isMerged = point.variant.isMerged
        guard isMerged == first.isMerged else { return false }
        return point.variant.scheduler == first.scheduler && point.variant.clipSkip == first.clipSkip
          && (!isMerged || (point.variant.mergesLike(first) && point.variant.steps == first.steps))
      }
      if let known { groups[known].append(point) } else { groups.append([point]) }
    }
    return groups.map { group in
      let isMerged = group.first?.variant.isMerged == true
      let sorted = group.sorted {
        isMerged ? $0.variant.ratio < $1.variant.ratio : ($0.variant.steps ?? 0) > ($1.variant.steps ?? 0)
      }
      // Fewer steps, another scheduler or clip skip change the start: such a rule does not begin at the baseline.
      let begins =
        group.first.map(\.variant).map {
          isMerged ? $0.isSampledLikeBaseline : $0.scheduler == nil && $0.clipSkip == nil
        } ?? true
      let places = (begins ? [start] : []) + sorted.map(\.place)
      return Line(
        points: places.map { "\(svg($0.x)),\(svg($0.y))" }.joined(separator: " "), isMerged: isMerged)
    }
  }
}
