import Foundation
import Statistics

/// How the prompts' true differences scatter about the effect: mean 0, standard deviation 1.
enum Shape: String, CaseIterable {
  case normal
  /// A few prompts lose much: a mirrored gamma of shape 2, skewness −1.4.
  case losses = "skewed to losses"
  /// A few prompts gain much.
  case gains = "skewed to gains"
  /// Student's t with 3 degrees of freedom, without a fourth moment.
  case heavy = "heavy tails"

  func draw(_ random: inout SplitMix64) -> Double {
    switch self {
    case .normal: Self.normal(&random)
    case .losses: -Self.gamma(&random)
    case .gains: Self.gamma(&random)
    case .heavy: Self.heavy(&random)
    }
  }

  static func normal(_ random: inout SplitMix64) -> Double {
    (-2 * log(Double.random(in: .ulpOfOne...1, using: &random))).squareRoot()
      * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
  }

  private static func gamma(_ random: inout SplitMix64) -> Double {
    let sum = (0..<2).reduce(0.0) { sum, _ in sum - log(Double.random(in: .ulpOfOne...1, using: &random)) }
    return (sum - 2) / 2.0.squareRoot()
  }

  private static func heavy(_ random: inout SplitMix64) -> Double {
    let chi = (0..<3).reduce(0.0) { sum, _ in
      let value = normal(&random)
      return sum + value * value
    }
    return normal(&random) / chi.squareRoot()
  }
}

/// Four variants against one baseline with a known effect, in units of the prompts' standard deviation.
struct SimulatedSweep {
  static let variants = 4
  static let margin = 0.3
  let samples: [PairedSample<Int>]

  /// Every prompt shifts by the effect and its own draw, every seed scatters by half of that.
  init(_ shape: Shape, effect: Double, prompts: Int, seeds: Int, _ random: inout SplitMix64) {
    samples = (0..<Self.variants).map { _ in
      PairedSample(
        (0..<prompts).flatMap { prompt in
          let shift = effect + shape.draw(&random)
          return (0..<seeds).map { _ in
            PairedSample<Int>.Pair(
              prompt: prompt, baseline: 0, variant: shift + 0.5 * Shape.normal(&random))
          }
        })
    }
  }

  func compared(resamples: Int, seed: UInt64) -> [PairedComparison] {
    PairedComparison.all(
      samples, margin: Self.margin, bootstrap: Bootstrap(resamples: resamples, seed: seed),
      test: SignFlipTest(resamples: resamples, seed: seed)
    ).compactMap { $0 }
  }
}
