import Comparisons
import Metrics
import ResultStore
import Statistics
import Wording

/// The changes of single prompts behind every mean: a panel per variant, all with the same vertical axis, in which
/// each dot is a prompt, from the largest loss on the left to the largest gain on the right.
struct PairedDifferences: Sendable {
  struct Panel: Sendable {
    let heading: String
    let mean: String
    let interval: String
    let verdictClass: String
    /// How many prompts lost, gained and stayed as they were.
    let counts: String
    let alternative: String
    let dots: [Dot]
    /// The dots as one path, where they are too many to be links.
    let cloud: String
    let meanY: String
    let intervalTop: String
    let intervalHeight: String
    let last: String
    let stripWidth: String
    /// The pictures behind the mean.
    let panelAddress: String
  }

  struct Dot: Sendable {
    let x: String
    let y: String
    /// Where the dot's strip begins, which is as high as the plot: dots may be too near each other to be hit.
    let stripX: String
    /// Opens the prompt's picture of the first seed; nil where that is not on the page.
    let address: String?
    let words: String
  }

  let panels: [Panel]
  /// Whether dots open their pictures.
  let hasLinkedDots: Bool
  let yTicks: [ChartTick]
  let zeroY: String
  let marginTop: String
  let marginBottom: String

  /// Of a drawing 220 × 180.
  private static let plot = (left: 40.0, right: 214.0, top: 8.0, bottom: 158.0)
  /// More than that are drawn as one shape: as elements they would make the page slow.
  private static let mostDots = 600

  /// Nil when no prompt has a change.
  /// - Parameters:
  ///   - links: Where the pictures of a variant are on the page.
  ///   - address: Where a prompt's picture of a variant is on the page; nil where it is not.
  init?(
    _ comparison: Comparison, _ sentence: VerdictSentence, links: SheetLinks? = nil,
    address: (PromptRecord, VariantRecord) -> String?
  ) {
    let metric = comparison.metric
    let measured = zip(comparison.pairing.entries, comparison.rows).compactMap { entry, row in
      row.difference.map {
        (sample: comparison.pairing.scores(comparison.measure, of: entry), row: row, difference: $0)
      }
    }
    guard let margin = comparison.margin, !measured.isEmpty else { return nil }
    let scale = ChartScale(
      covering: measured.flatMap(\.sample.differences) + [-margin, margin], from: Self.plot.bottom,
      to: Self.plot.top, steps: 4)
    let prompts = Dictionary(
      comparison.pairing.prompts.map { ($0.own.id, $0.own) }, uniquingKeysWith: { first, _ in first })
    let isSmall = measured.reduce(0) { $0 + $1.sample.promptCount } <= Self.mostDots
    panels = measured.map { sample, row, compared in
      let changes = zip(sample.prompts, sample.differences).sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      let places = changes.enumerated().map { rank, change in
        (x: Self.x(rank, of: changes.count), y: scale.position(change.1))
      }
      let strip = places.count > 1 ? places[1].x - places[0].x : 12
      let estimate = compared.difference
      let top = scale.clamped(estimate.interval?.upper ?? estimate.value)
      let bottom = scale.clamped(estimate.interval?.lower ?? estimate.value)
      let counts = Self.counts(sample.differences)
      return Panel(
        heading: row.variant.heading,
        mean: NumberText.signed(estimate.value, metric.decimals, minus: .typographic),
        interval: sentence.interval(estimate, decimals: metric.decimals),
        verdictClass: compared.verdict.style, counts: counts,
        alternative: Self.words(row.variant, sample.differences, compared, sentence, counts, metric),
        dots: isSmall
          ? zip(changes, places).compactMap { change, place in
            prompts[change.0].map { prompt in
              Dot(
                x: svg(place.x), y: svg(place.y), stripX: svg(place.x - strip / 2),
                address: address(prompt, row.variant),
                words: NumberText.signed(change.1, metric.decimals, minus: .typographic) + ": " + prompt.text)
            }
          } : [],
        cloud: isSmall ? "" : places.map { "M\(svg($0.x)) \(svg($0.y))h0" }.joined(),
        meanY: svg(scale.position(estimate.value)), intervalTop: svg(top), intervalHeight: svg(bottom - top),
        last: "\(changes.count)", stripWidth: svg(strip),
        panelAddress: links?.address(row.variant) ?? "#sheet")
    }
    hasLinkedDots = panels.contains { $0.dots.contains { $0.address != nil } }
    yTicks = ChartTick.differences(scale)
    zeroY = svg(scale.position(0))
    marginTop = svg(scale.position(margin))
    marginBottom = svg(scale.position(-margin))
  }

  private static func x(_ rank: Int, of count: Int) -> Double {
    let (left, right) = (plot.left + 8, plot.right - 6)
    return count > 1 ? left + Double(rank) / Double(count - 1) * (right - left) : (left + right) / 2
  }

  private static func counts(_ differences: [Double]) -> String {
    let lost = differences.count { $0 < 0 }
    let gained = differences.count { $0 > 0 }
    let same = differences.count - lost - gained
    return "\(lost) lower, \(gained) higher" + (same > 0 ? ", \(same) unchanged" : "")
  }

  private static func words(
    _ variant: VariantRecord, _ differences: [Double], _ compared: PairedComparison,
    _ sentence: VerdictSentence, _ counts: String, _ metric: Metric
  ) -> String {
    func number(_ value: Double?) -> String {
      value.map { NumberText.signed($0, metric.decimals, minus: .typographic) } ?? "none"
    }
    return "\(variant.heading), \(NumberText.count(differences.count, "prompt")): \(counts); mean "
      + "\(sentence.difference(compared.difference, decimals: metric.decimals)); largest loss "
      + "\(number(differences.min())), largest gain \(number(differences.max()))."
  }
}
