import ResultStore
import Statistics
import Wording

/// The pairs of seconds per picture, as far as they can be compared.
struct PairedTimes {
  /// Those that can.
  let pairs: [PairedSample<Int64>.Pair]
  /// Pairs with times on both sides.
  let count: Int
  /// How many of them are left out, as what made the one is not as fast as what made the other.
  let unlike: Int
}

extension Pairing {
  /// Within a run both sides must be by the same version, too: between runs, versions are what is compared.
  func times(of entry: Entry) -> PairedTimes {
    let isWithinRun = if case .run = kind { false } else { true }
    var pairs: [PairedSample<Int64>.Pair] = []
    var count = 0
    for slot in slots(of: entry) {
      guard let own = slot.own, let other = slot.reference, let after = own.seconds,
        let before = other.seconds
      else { continue }
      count += 1
      guard let first = index.execution(of: own), let second = referenceIndex.execution(of: other),
        first.hasComparableTimes(to: second), !isWithinRun || first.hasSameVersions(as: second)
      else { continue }
      pairs.append(.init(prompt: unit(of: slot.prompt), baseline: before, variant: after))
    }
    return PairedTimes(pairs: pairs, count: count, unlike: count - pairs.count)
  }

  /// What is said of a row whose pairs of times are not all compared; nil where they are, and where a note says it of
  /// the whole run.
  func warning(_ times: PairedTimes) -> String? {
    guard times.unlike > 0, !notes.contains(where: { $0.kind == .machines }) else { return nil }
    let reason =
      if case .run = kind { "on different machines" } else {
        "on different machines or by different versions"
      }
    return "speed: \(times.unlike) of \(times.count) pairs were made \(reason) and are left out"
  }

  /// What a reader must know before believing a speed-up.
  func warnings(_ timing: SpeedUp, of variant: VariantRecord) -> [String] {
    var warnings: [String] = []
    if timing.isNoisy {
      let pictures = NumberText.count(timing.pairCount, variant.isMerged ? "merged picture" : "picture")
      let reference =
        switch kind {
        case .baseline: "their baselines"
        case .variant(let label): "those of \(label)"
        case .run(let name): "those of run \(name)"
        }
      // Of a variant that takes longer, those that took less are the odd ones.
      let isSlower = timing.isSignificant && timing.estimate.value < 1
      let odd =
        isSlower
        ? "\(timing.faster) of \(pictures) were faster" : "\(timing.slower) of \(pictures) were slower"
      warnings.append("timing is noisy here: \(odd) than \(reference)")
    }
    if timing.center == .median {
      warnings.append(
        "speed-up: the median of the prompts, as outlying times of \(timing.outliers) of "
          + "\(NumberText.count(timing.promptCount, "prompt")) would decide their mean")
    }
    return warnings
  }
}
