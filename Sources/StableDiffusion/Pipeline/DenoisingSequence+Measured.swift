package import Checkpoints
import Foundation
package import Tensors
package import TokenMerging

extension DenoisingSequence {
  /// The way of one picture through a UNet, from noise: what measures steps without prompts and pictures.
  ///
  /// - Parameters:
  ///   - files: the pipeline's folder, whose scheduler steps; where it has none, Euler's method as it is by default
  ///   - conditioning: of a guidance pair, or of one text where the model takes the guidance scale as an input
  ///   - latents: their shape, `[1, height, width, channels]`
  /// - Throws: ``CheckpointError`` or ``PipelineError`` when the folder's scheduler is none that is known here.
  package init(
    _ unet: UNet2DConditionModel, of files: any ModelFiles, conditioning: Conditioning, latents: Shape,
    merging: MergingOptions?, compute: ComputeOptions
  ) throws {
    let pipeline = files.has(PipelineClass.file) ? try PipelineClass(files) : .stableDiffusion
    let folder = files.has("scheduler") ? try files.component("scheduler") : Self.standardScheduler
    let configuration = try SchedulerConfiguration(folder, of: pipeline).inPipeline(nil)
    try self.init(
      unet: unet, conditioning: conditioning, guidanceScale: pipeline.guidanceScale,
      scheduler: configuration.scheduler(steps: pipeline.steps), predicts: configuration.predictionType(),
      start: .noise(latents), seed: 0, merging: merging, compute: compute)
  }

  private static var standardScheduler: any ModelFiles {
    let fields = #"{"_class_name": "\#(SchedulerConfiguration.Class.euler.rawValue)"}"#
    return SyntheticFolder(
      path: "scheduler", files: ["scheduler_config.json": Data(fields.utf8)], tensors: RandomTensors(seed: 0))
  }
}
