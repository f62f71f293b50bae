import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns

@testable import Comparisons

extension FuzzTarget {
  /// A gate of `compare`: an error that points at a word of it, or a condition that a comparison meets or not.
  static let gates = FuzzTarget("gates") {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(3))
    (run.seeds, run.ratios, run.size) = ([0], [0, 0.5], 16)
    run.clips = ["demo-clip", "vit-b.32"]
    let comparison = try withTemporaryFolder { folder in
      Comparison(try run.make(in: folder), bootstrap: Bootstrap(resamples: 10), detail: .differences)
    }
    return { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let gate: Gate
      do throws(GateError) { gate = try Gate(text) } catch {
        let range = error.range
        try Finding.unless(!range.isEmpty && range.upperBound <= text.count + 1, "\(range) of '\(text)'")
        try Finding.unless(error.description.hasSuffix("^"), error.description)
        return
      }
      let conclusion = Conclusion(comparison, gates: [gate])
      let hasPassed = conclusion.checks.allSatisfy { $0.outcome == .passed }
      let (code, expected) = (conclusion.exitCode, hasPassed ? 0 : 1)
      try Finding.unless(code == expected, "'\(text)' ends with \(code)")
    }
  }
}
