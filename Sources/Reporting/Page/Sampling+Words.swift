import Pictures
import Wording

extension Sampling {
  /// How pictures were sampled, as far as that is known: `ddim`, `20 steps`, `guidance 7.5`.
  var words: [String] {
    [
      scheduler == .unknown ? "unknown scheduler" : scheduler.rawValue,
      steps.map { NumberText.count($0, "step") } ?? "unknown number of steps",
      guidanceScale.map { "guidance \(NumberText.ratio($0))" } ?? "unknown guidance",
    ]
  }
}
