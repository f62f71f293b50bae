import Checkpoints
import Tensors

/// What the UNet of a single file was trained to predict, and how that is known: its tensors look alike.
struct Prediction {
  /// As diffusers' `prediction_type` has it.
  enum Kind: String {
    case epsilon
    case velocity = "v_prediction"
  }

  let type: Kind
  /// Whether it was trained down to no signal at all (Lin et al. 2024).
  let hasZeroTerminalSNR: Bool
  /// How it was decided, as part of a sentence; nil where nothing suggests anything else.
  let reason: String?

  /// The number of steps after which 2.0-base was published, by which diffusers knows it.
  private static let stepsOfBase = 875_000

  init(_ family: Family, _ file: SafetensorsFile) {
    hasZeroTerminalSNR = file.entries["ztsnr"] != nil
    if file.entries["v_pred"] != nil {
      (type, reason) = (.velocity, "as its tensor 'v_pred' says")
    } else if let stated = Self.stated(file) {
      (type, reason) = (stated, "as its metadata say (modelspec.prediction_type)")
    } else if family != .v2 {
      (type, reason) = (.epsilon, nil)
    } else if let steps = Self.steps(file) {
      type = steps == Self.stepsOfBase ? .epsilon : .velocity
      reason = "as its global_step of \(steps) suggests"
    } else {
      type = .velocity
      reason =
        "as Stable Diffusion 2.x for 768x768 does; nothing in the file tells it from 2.x-base, which predicts epsilon"
    }
  }

  /// https://github.com/Stability-AI/ModelSpec
  private static func stated(_ file: SafetensorsFile) -> Kind? {
    switch file.metadata["modelspec.prediction_type"]?.lowercased() {
    case "v", "v_prediction": .velocity
    case "epsilon", "eps": .epsilon
    default: nil
    }
  }

  /// Of training, where a converter kept the number.
  private static func steps(_ file: SafetensorsFile) -> Int? {
    let key = "global_step"
    guard file.entries[key]?.shape.count == 1 else { return nil }
    if let steps = try? file.integers(key).first { return steps }
    return (try? file.tensor(key).values.first).flatMap { Int(exactly: $0.rounded()) }
  }
}
