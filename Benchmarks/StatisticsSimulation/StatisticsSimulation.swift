import Foundation
import Statistics

/// Prints how the statistics hold up against simulated sweeps whose effect is known, as Markdown.
@main enum StatisticsSimulation {
  static let sweeps = 200
  static let resamples = 1000

  static func main() {
    print(
      """
      # The statistics, by simulation

      `swift run -c release statistics-simulation > Benchmarks/statistics-simulation.md` prints this; the numbers
      repeat exactly. Every line is \(sweeps) simulated sweeps of each effect, of \(SimulatedSweep.variants) \
      variants, \(resamples) resamples. Prompts scatter with standard deviation 1, the seeds of a prompt by 0.5 \
      more; the margin is \(SimulatedSweep.margin).

      ## Intervals and false alarms

      Coverage: how many of the 95 % intervals hold the true difference (three effects, \
      \(3 * sweeps * SimulatedSweep.variants) intervals). Together: sweeps of which no interval misses its true \
      difference, by the simultaneous intervals that verdicts are made of (\(3 * sweeps) sweeps). False alarms: sweeps \
      without any effect in which some variant is called worse, or better. False "equivalent": comparisons so called at a true \
      difference of twice the margin.

      | differences | prompts | seeds | percentile | BCa | studentized (used) | together | false "worse" \
      | false "better" | false "equivalent" |
      |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
      """)
    for shape in Shape.allCases {
      for prompts in [20, 40, 64, 200] {
        for seeds in 1...3 { coverage(shape, prompts: prompts, seeds: seeds) }
      }
    }
    print(
      """

      ## Advice

      Sweeps of 40 prompts. Needed: the prompts from which on 80 % of fresh comparisons reach a verdict, found by \
      simulation. Advised: the median over inconclusive comparisons of "about so many prompts in all". \
      Settled: how many fresh comparisons reach a verdict with as many prompts as advised.

      | differences | effect | seeds | inconclusive | needed | advised | advised / needed | settled |
      |---|--:|--:|--:|--:|--:|--:|--:|
      """)
    for shape in Shape.allCases {
      for effect in [0, -0.1, -0.3] { for seeds in 1...3 { advice(shape, effect: effect, seeds: seeds) } }
    }
    printVotes()
  }

  static func coverage(_ shape: Shape, prompts: Int, seeds: Int) {
    var random = SplitMix64(seed: UInt64(prompts * 10 + seeds))
    var covered = [Bootstrap.Method: Int]()
    var (worse, better, equivalent, intervals, together) = (0, 0, 0, 0, 0)
    for effect in [0, -SimulatedSweep.margin / 3, -2 * SimulatedSweep.margin] {
      for sweep in 0..<sweeps {
        let simulated = SimulatedSweep(shape, effect: effect, prompts: prompts, seeds: seeds, &random)
        for sample in simulated.samples {
          intervals += 1
          for method in Bootstrap.Method.allCases {
            let bootstrap = Bootstrap(resamples: resamples, seed: UInt64(sweep), method: method)
            if sample.meanDifference(bootstrap).interval?.contains(effect) == true {
              covered[method, default: 0] += 1
            }
          }
        }
        let compared = simulated.compared(resamples: resamples, seed: UInt64(sweep))
        if compared.allSatisfy({ $0.difference.interval?.contains(effect) == true }) { together += 1 }
        let verdicts = compared.map(\.verdict)
        if effect == 0, verdicts.contains(.worse) { worse += 1 }
        if effect == 0, verdicts.contains(.better) { better += 1 }
        if effect == -2 * SimulatedSweep.margin { equivalent += verdicts.count { $0 == .equivalent } }
      }
    }
    func percent(_ part: Int, _ whole: Int) -> String {
      String(format: "%.1f %%", 100 * Double(part) / Double(whole))
    }
    let cells = [Bootstrap.Method.percentile, .bca, .studentized].map { percent(covered[$0] ?? 0, intervals) }
    print(
      "| \(shape.rawValue) | \(prompts) | \(seeds) | \(cells.joined(separator: " | ")) "
        + "| \(percent(together, 3 * sweeps)) | \(percent(worse, sweeps)) | \(percent(better, sweeps)) "
        + "| \(percent(equivalent, sweeps * SimulatedSweep.variants)) |")
  }

  static func advice(_ shape: Shape, effect: Double, seeds: Int) {
    var random = SplitMix64(seed: UInt64(seeds))
    func settled(prompts: Int, sweeps: Int) -> Double {
      var verdicts = 0
      for sweep in 0..<sweeps {
        let simulated = SimulatedSweep(shape, effect: effect, prompts: prompts, seeds: seeds, &random)
        verdicts += simulated.compared(resamples: 400, seed: UInt64(sweep)).count {
          $0.verdict != .inconclusive
        }
      }
      return Double(verdicts) / Double(sweeps * SimulatedSweep.variants)
    }
    var (low, high) = (10, 640)
    while Double(high) / Double(low) > 1.04 {
      let middle = Int((Double(low) * Double(high)).squareRoot())
      if settled(prompts: middle, sweeps: 100) < 0.8 { low = middle } else { high = middle }
    }
    var advised: [Int] = []
    for sweep in 0..<sweeps {
      let simulated = SimulatedSweep(shape, effect: effect, prompts: 40, seeds: seeds, &random)
      advised += simulated.compared(resamples: 400, seed: UInt64(sweep)).compactMap(\.promptsNeeded)
    }
    advised.sort()
    guard let median = advised.isEmpty ? nil : advised[advised.count / 2] else { return }
    let total = sweeps * SimulatedSweep.variants
    print(
      "| \(shape.rawValue) | \(effect) | \(seeds) "
        + "| \(String(format: "%.0f %%", 100 * Double(advised.count) / Double(total))) | \(high) | \(median) "
        + "| \(String(format: "%.2f", Double(median) / Double(high))) "
        + "| \(String(format: "%.0f %%", 100 * settled(prompts: median, sweeps: 100))) |")
  }
}
