import Checkpoints

/// The pipelines of diffusers that exist here, by the class that a `model_index.json` names.
enum PipelineClass: String, CaseIterable {
  /// Stable Diffusion 1.x and 2.x, and models distilled from them.
  case stableDiffusion = "StableDiffusionPipeline"
  /// SDXL, and models distilled from it.
  case stableDiffusionXL = "StableDiffusionXLPipeline"
  /// Stable Diffusion 1.x, distilled into few steps with the guidance scale as an input.
  case latentConsistency = "LatentConsistencyModelPipeline"

  static let file = "model_index.json"

  /// - Parameter files: the pipeline's folder
  /// - Throws: ``CheckpointError`` when the file is missing, or names another class or parts that are not known here.
  init(_ files: any ModelFiles) throws(CheckpointError) {
    let fields = try files.fields(of: Self.file)
    let className = try fields.text("_class_name")
    guard let known = className.flatMap(Self.init) else {
      throw fields.error(
        "_class_name",
        "is \(className ?? "missing"); supported are \(Self.stableDiffusion.rawValue), that is Stable Diffusion "
          + "1.x and 2.x and models distilled from them, \(Self.stableDiffusionXL.rawValue) and "
          + Self.latentConsistency.rawValue)
    }
    try known.requireKnown(fields, files)
    self = known
  }

  /// Whether empty negative prompts are no texts, but zeros: of SDXL alone, as its file says.
  ///
  /// In diffusers they are where none is given, and an empty text that is given is encoded; here these are the same.
  /// - Parameter files: the pipeline's folder
  /// - Throws: ``CheckpointError`` when the field is neither true nor false.
  func zerosForEmptyPrompt(_ files: any ModelFiles) throws(CheckpointError) -> Bool {
    guard self == .stableDiffusionXL else { return false }
    return try files.fields(of: Self.file).flag("force_zeros_for_empty_prompt") ?? true
  }

  /// What the pipeline insists on in its scheduler's configuration.
  /// - Parameter onlyStated: whether fields that it leaves out stay out
  func correct(_ fields: inout SchedulerFields, onlyStated: Bool) {
    switch self {
    case .stableDiffusion:
      if !onlyStated || fields.stepsOffset != nil { fields.stepsOffset = 1 }
      if !onlyStated || fields.clipSample != nil { fields.clipSample = false }
    case .stableDiffusionXL, .latentConsistency: break
    }
  }

  /// The guidance scale that the class has by default.
  var guidanceScale: Double {
    switch self {
    case .stableDiffusion: 7.5
    case .stableDiffusionXL: 5
    case .latentConsistency: 8.5
    }
  }

  /// The steps of pictures that nobody asked for a number of.
  var steps: Int { self == .latentConsistency ? 4 : SamplingOptions().steps }
}
