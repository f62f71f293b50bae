import Tensors
import Wording

/// What the figures of a ``ScalingReport`` come to, in sentences.
struct ScalingVerdict {
  let step: PartScaling
  let parts: [PartScaling]
  let places: [PlaceScaling]

  var sentences: [String] { [parallel, allowed, measured, worst].compactMap(\.self) }

  private var parallel: String? {
    guard let single = step.timings.first else { return nil }
    let outside = parts.compactMap { part in part.timings.first.map { (part: part, seconds: $0.outside) } }
    let most = outside.max { $0.seconds < $1.seconds }
    let owner = most.map { ", most of it of \($0.part.title) (\(Self.milliseconds($0.seconds)))" } ?? ""
    return NumberText.percent(step.parallelShare, 2)
      + " of a step on one thread lies in parallel loops; \(Self.milliseconds(single.outside)) do not" + owner
      + "."
  }

  private var allowed: String? {
    step.predictions.first { $0.threads == ScalingReport.judgedThreads }.map {
      "At \($0.threads) threads the schedule alone allows \(Self.times($0.loopSpeedUp)), and with what lies outside "
        + "of the loops \(Self.times($0.speedUp)), if a chunk takes as long there as alone."
    }
  }

  private var measured: String? {
    guard let last = step.timings.last, last.threads > 1, let share = step.serialShare else { return nil }
    return "Measured are \(Self.times(last.speedUp)) on \(NumberText.count(last.threads, "thread")), "
      + "\(NumberText.percent(last.efficiency)) of them used, as if \(NumberText.percent(share, 1)) of a step were serial."
  }

  private var worst: String? {
    guard let worst = places.first, worst.lost > 0 else { return nil }
    return "The worst at \(ScalingReport.judgedThreads) threads: \(worst.part.title) at \(worst.place), "
      + "\(NumberText.count(worst.loops, "loop")) of \(NumberText.count(worst.chunks, "chunk")), which use "
      + "\(NumberText.percent(worst.efficiency)) of the threads and lose \(Self.milliseconds(worst.lost)) of a step."
  }

  static func milliseconds(_ seconds: Double) -> String {
    NumberText.fixed(seconds * 1000, seconds < 0.01 ? 2 : 1) + " ms"
  }

  static func times(_ factor: Double) -> String { NumberText.fixed(factor, factor < 10 ? 2 : 1) + "×" }
}

extension TimeSplit.Part {
  /// In words.
  var title: String {
    switch self {
    case .convolution: "convolutions"
    case .selfAttention: "self-attention"
    case .crossAttention: "cross-attention"
    case .merging: "token merging"
    case .linear: "linear layers"
    case .elementwise: "norms and sums"
    case .resampling: "resampling"
    case .sampling: "scheduler and guidance"
    case .other: "everything else"
    }
  }
}

extension PartScaling {
  /// The part in words.
  var title: String { part?.title ?? "the step" }
}
