import Foundation
import Wording

/// A linear axis whose ends and ticks are round numbers.
struct ChartScale: Sendable {
  let ticks: [Double]
  /// Places that tell the ticks apart.
  let decimals: Int
  private let low: Double
  private let high: Double
  private let from: Double
  private let to: Double

  /// - Parameters:
  ///   - values: What must have its place between the ends.
  ///   - from: Where the lower end lies in the drawing, and `to` the upper one.
  ///   - steps: At most about how many.
  init(covering values: [Double], from: Double, to: Double, steps: Int = 5) {
    let smallest = values.min() ?? 0
    let largest = values.max() ?? 1
    let step = Self.roundStep((largest - smallest) / Double(steps))
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

  /// The position of the value, or of the end that it lies beyond.
  func clamped(_ value: Double) -> Double { position(min(max(value, low), high)) }

  func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The smallest of 1, 2 or 5 times a power of ten that is no smaller than `rough`.
  private static func roundStep(_ rough: Double) -> Double {
    guard rough > 0 else { return 1 }
    let power = pow(10, log10(rough).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * (1 - 1e-9) } ?? 10 * power
  }
}

/// A number of a drawing, as SVG reads it.
func svg(_ position: Double) -> String { NumberText.fixed(position, 1) }

/// A mark on an axis.
struct ChartTick: Sendable {
  let position: String
  let text: String

  /// Those of a difference, with their signs.
  static func differences(_ scale: ChartScale) -> [ChartTick] {
    scale.ticks.map {
      ChartTick(
        position: svg(scale.position($0)),
        text: NumberText.signed($0, scale.decimals, minus: .typographic))
    }
  }
}
