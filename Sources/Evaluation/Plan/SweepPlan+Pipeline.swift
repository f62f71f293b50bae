import Checkpoints
public import PromptSets
import ResultStore
public import StableDiffusion
import Tensors
public import TokenMerging

extension SweepPlan {
  /// The plan for a model: what was not asked for follows from its configuration.
  ///
  /// - Throws: ``EvaluationError``, or `PipelineError` and `CheckpointError` when the
  ///   model cannot make such pictures.
  public init(
    promptSet: PromptSet, pipeline: DiffusionPipeline, sampling: SamplingOptions, merging: MergingOptions,
    axes: [SweepAxis] = [], ratios: [Double], seeds: [Int]
  ) throws {
    let (width, height) = try pipeline.validate(sampling, merging: nil)
    let scheduler =
      try sampling.scheduler ?? SchedulerConfiguration(pipeline.directory.component("scheduler")).kind
    let settings = RunSettings(
      steps: sampling.steps, guidanceScale: sampling.guidanceScale, negativePrompt: sampling.negativePrompt,
      width: width, height: height, scheduler: scheduler?.rawValue ?? "checkpoint",
      attention: sampling.attention.rawValue,
      precision: sampling.precision == .fp32 ? nil : sampling.precision.rawValue, seeds: seeds,
      ratios: ratios, promptSet: promptSet.name)
    try self.init(
      promptSet: promptSet, settings: settings, merging: merging, axes: axes,
      latentSize: (width / pipeline.scaleFactor, height / pipeline.scaleFactor))
    var sampling = sampling
    for steps in variants.compactMap(\.steps) + [self.settings.steps] {
      sampling.steps = steps
      try pipeline.validate(sampling, merging: nil)
    }
  }
}
