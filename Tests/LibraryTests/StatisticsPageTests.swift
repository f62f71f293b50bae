import Foundation
import Statistics
import Testing

/// The examples of Statistics' pages, see ``PageTests``.
@Suite struct StatisticsPageTests {
  @Test func `begin with a verdict`() throws {
    let plain = [31.2, 28.4, 33.0, 29.5, 30.1, 27.7, 32.6, 30.9, 29.0, 31.8]
    let merged = [29.1, 26.5, 30.8, 27.6, 28.0, 25.8, 30.4, 29.0, 26.9, 29.9]
    // Statistics.md
    let pairs = zip(plain, merged).enumerated().map { prompt, scores in
      PairedSample<Int>.Pair(prompt: prompt, baseline: scores.0, variant: scores.1)
    }
    let margin = 0.01 * plain.reduce(0, +) / Double(plain.count)
    let comparison = PairedComparison.all([PairedSample(pairs)], margin: margin)[0]
    // end
    let judged = try #require(comparison)
    #expect(judged.verdict == .worse && judged.promptCount == 10)
    #expect(abs(judged.difference.value - -2.02) < 1e-9)
    #expect(try #require(judged.difference.interval).upper < -margin)
  }

  @Test func `judge variants and make a gate`() throws {
    // Of 24 prompts and two seeds: 0.3 moves scores to and fro, 0.7 takes two points.
    let plain = (0..<24).map { prompt in [30 + Double(prompt % 7), 30.5 + Double(prompt % 5)] }
    let of03 = plain.enumerated().map { prompt, seeds in
      seeds.map { $0 + (prompt.isMultiple(of: 2) ? 0.02 : -0.02) }
    }
    let of07 = plain.enumerated().map { prompt, seeds in seeds.map { $0 - 2 + 0.1 * Double(prompt % 3) } }
    let plainSeconds = (0..<24).map { 3 + 0.01 * Double($0) }
    let mergedSeconds = plainSeconds.enumerated().map { $1 / 1.5 * (1 + 0.001 * Double($0 % 3)) }
    // JudgeVariants.md
    let ratios = [0.3, 0.7]
    let samples = [of03, of07].map { scores in
      var pairs: [PairedSample<Int>.Pair] = []
      for prompt in plain.indices {
        for seed in plain[prompt].indices {
          pairs.append(
            .init(prompt: prompt, baseline: plain[prompt][seed], variant: scores[prompt][seed]))
        }
      }
      return PairedSample(pairs)
    }
    // end
    // JudgeVariants.md
    let mean = samples[0].baseline.reduce(0, +) / Double(samples[0].promptCount)
    let margin = Margin.standard.value(baselineMean: mean) ?? 0
    let comparisons = PairedComparison.all(samples, margin: margin)
    // end
    // JudgeVariants.md
    let lines = zip(ratios, comparisons).map { ratio, comparison -> String in
      guard let comparison else { return "\(ratio): nothing was measured" }
      let needed = comparison.promptsNeeded.map { ", \($0) prompts would settle it" } ?? ""
      return "\(ratio): \(comparison.difference.value), \(comparison.verdict.rawValue)\(needed)"
    }
    // end
    // JudgeVariants.md
    let candidates = zip(ratios, comparisons).compactMap { ratio, comparison in
      comparison.map {
        Recommendation.Candidate(
          ratio: ratio, verdict: $0.verdict, promptCount: $0.promptCount, promptsNeeded: $0.promptsNeeded)
      }
    }
    let recommendation = Recommendation(candidates)
    let sureness = recommendation?.sureness(
      samples, ratios: ratios, confidences: comparisons.map { $0?.confidence ?? 0.95 }, margin: margin)
    // end
    // JudgeVariants.md
    let times = zip(plainSeconds, mergedSeconds).enumerated().map { prompt, seconds in
      PairedSample<Int>.Pair(prompt: prompt, baseline: seconds.0, variant: seconds.1)
    }
    let speedUp = SpeedUp(times)
    // end
    // JudgeVariants.md
    let lowest = comparisons[0]?.difference.interval?.lower
    let slowest = speedUp?.estimate.interval?.lower
    let passes = (lowest ?? -.infinity) > -margin && (slowest ?? 0) > 1.2
    let exitCode: Int32 = passes ? EXIT_SUCCESS : EXIT_FAILURE
    // end
    #expect(comparisons.map { $0?.verdict } == [.equivalent, .worse])
    #expect(lines[0].hasSuffix("equivalent") && lines[1].hasSuffix("worse"))
    #expect(recommendation == .ratio(0.3))
    #expect(try #require(sureness) > 0.99)
    let estimate = try #require(speedUp).estimate.value
    #expect(abs(estimate - 1.4985) < 0.001)
    #expect(passes && exitCode == 0)
  }
}
