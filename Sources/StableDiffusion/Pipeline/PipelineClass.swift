import Checkpoints

/// The pipelines of diffusers that exist here, by the class that a `model_index.json` names.
enum PipelineClass: String, CaseIterable {
  /// Stable Diffusion 1.x and 2.x, and models distilled from them.
  case stableDiffusion = "StableDiffusionPipeline"

  static let file = "model_index.json"

  /// - Parameter files: the pipeline's folder
  /// - Throws: ``CheckpointError`` when the file is missing, or names another class or parts that are not known here.
  init(_ files: any ModelFiles) throws(CheckpointError) {
    let fields = try files.fields(of: Self.file)
    let className = try fields.text("_class_name")
    guard let known = className.flatMap(Self.init) else {
      throw fields.error(
        "_class_name",
        "is \(className ?? "missing"); supported is StableDiffusionPipeline, that is Stable Diffusion "
          + "1.x and 2.x and models distilled from them")
    }
    try known.requireKnown(fields, files)
    self = known
  }

  /// What the pipeline insists on in its scheduler's configuration.
  /// - Parameter onlyStated: whether fields that it leaves out stay out
  func correct(_ fields: inout SchedulerFields, onlyStated: Bool) {
    switch self {
    case .stableDiffusion:
      if !onlyStated || fields.stepsOffset != nil { fields.stepsOffset = 1 }
      if !onlyStated || fields.clipSample != nil { fields.clipSample = false }
    }
  }
}
