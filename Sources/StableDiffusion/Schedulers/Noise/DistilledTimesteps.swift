import Checkpoints

/// The timesteps of a model that was distilled from one that takes `original_inference_steps` steps: some of those, so
/// that the model is told only what it knows (Luo et al. 2023, section 4.3).
enum DistilledTimesteps {
  static let originalSteps = 50

  /// `steps` descending timesteps out of `0..<count`.
  /// - Throws: ``CheckpointError`` when the original steps are more than there are timesteps.
  static func timesteps(
    _ steps: Int, of count: Int, _ configuration: SchedulerConfiguration
  ) throws(CheckpointError) -> [Double] {
    let original = configuration.fields.originalInferenceSteps ?? originalSteps
    guard original <= count else {
      throw configuration.unsupported(
        "original_inference_steps", "\(original)", supported: ["1 to \(count), the timesteps of the model"])
    }
    let stride = count / original
    return (0..<steps).map { index in
      let skipped = Int(Double(index) * (Double(original) / Double(steps)))
      return Double((original - skipped) * stride - 1)
    }
  }
}
