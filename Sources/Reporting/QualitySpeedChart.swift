import Foundation
import ResultStore
import Statistics

/// Where every ratio lies between speed and quality: positions of a chart 560 × 340, with axes and error bars.
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
  }

  struct Tick: Sendable {
    let position: String
    let text: String
  }

  let points: [Point]
  let xTicks: [Tick]
  let yTicks: [Tick]
  let zeroY: String
  let bandTop: String
  let bandHeight: String
  /// What the chart shows, in words.
  let alternative: String

  private static let plot = (left: 62.0, right: 540.0, top: 16.0, bottom: 284.0)

  /// Nil when no ratio has both a CLIP score difference and a speed-up.
  init?(_ comparison: Comparison, _ sentence: VerdictSentence) {
    let measured = comparison.rows.compactMap { row in
      row.difference.flatMap { difference in row.speedUp.map { (row, difference, $0) } }
    }
    guard let margin = comparison.margin, !measured.isEmpty else { return nil }

    let speeds = Scale(
      covering: measured.flatMap {
        [$2.value, $2.interval?.lower ?? $2.value, $2.interval?.upper ?? $2.value]
      } + [1],
      from: Self.plot.left, to: Self.plot.right)
    let scores = Scale(
      covering: measured.flatMap { row in
        let estimate = row.1.difference
        return [
          estimate.value, estimate.interval?.lower ?? estimate.value,
          estimate.interval?.upper ?? estimate.value,
        ]
      } + [-margin, margin],
      from: Self.plot.bottom, to: Self.plot.top)

    var labels: [(x: Double, y: Double)] = []
    points = measured.map { row, difference, speedUp in
      let x = speeds.position(speedUp.value)
      let y = scores.position(difference.difference.value)
      // Above and right of the point, or below where a label is already there.
      var label = (x: x + 9, y: y - 9)
      if labels.contains(where: { abs($0.x - label.x) < 30 && abs($0.y - label.y) < 15 }) { label.y = y + 19 }
      labels.append(label)
      return Point(
        label: row.variant.label, verdictClass: difference.verdict.rawValue,
        x: Self.text(x), y: Self.text(y),
        left: Self.text(speeds.position(speedUp.interval?.lower ?? speedUp.value)),
        right: Self.text(speeds.position(speedUp.interval?.upper ?? speedUp.value)),
        top: Self.text(scores.position(difference.difference.interval?.upper ?? difference.difference.value)),
        bottom: Self.text(
          scores.position(difference.difference.interval?.lower ?? difference.difference.value)),
        labelX: Self.text(label.x), labelY: Self.text(label.y))
    }
    xTicks = speeds.ticks.map {
      Tick(position: Self.text(speeds.position($0)), text: NumberText.ratio($0) + "×")
    }
    yTicks = scores.ticks.map {
      Tick(
        position: Self.text(scores.position($0)),
        text: NumberText.signed($0, scores.decimals, minus: .typographic))
    }
    zeroY = Self.text(scores.position(0))
    bandTop = Self.text(scores.position(margin))
    bandHeight = Self.text(scores.position(-margin) - scores.position(margin))
    alternative =
      "Change of the CLIP score against speed-up, with 95 % intervals. "
      + measured.map { row, difference, speedUp in
        "\(row.variant.heading): \(NumberText.fixed(speedUp.value, 2)) times as fast, "
          + "\(sentence.difference(difference.difference)) points, \(difference.verdict.rawValue)."
      }.joined(separator: " ")
  }

  private static func text(_ position: Double) -> String { NumberText.fixed(position, 1) }

  /// A linear axis whose ends are round numbers.
  private struct Scale {
    let ticks: [Double]
    let decimals: Int
    private let low: Double
    private let high: Double
    private let from: Double
    private let to: Double

    init(covering values: [Double], from: Double, to: Double) {
      let smallest = values.min() ?? 0
      let largest = values.max() ?? 1
      let step = Self.roundStep((largest - smallest) / 5)
      let first = (smallest / step).rounded(.down)
      let last = max((largest / step).rounded(.up), first + 1)
      low = first * step
      high = last * step
      ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
      decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
      self.from = from
      self.to = to
    }

    func position(_ value: Double) -> Double { from + (value - low) / (high - low) * (to - from) }

    /// The smallest of 1, 2 or 5 times a power of ten that is no smaller than `rough`.
    private static func roundStep(_ rough: Double) -> Double {
      guard rough > 0 else { return 1 }
      let power = pow(10, log10(rough).rounded(.down))
      return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? 10 * power
    }
  }
}
