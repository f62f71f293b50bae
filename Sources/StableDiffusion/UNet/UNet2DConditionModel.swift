package import Checkpoints
import Foundation
import Layers
package import Tensors
package import TokenMerging

/// The conditional UNet of Stable Diffusion 1.x and 2.x (Rombach et al. 2022), of SDXL (Podell et al. 2023) and of what
/// was distilled from them, built from its configuration as diffusers' `UNet2DConditionModel` is.
package struct UNet2DConditionModel: Sendable {
  package let configuration: Configuration
  private let time: TimeConditioning
  private let convIn: Convolution
  private let downBlocks: [DownBlock]
  private let midBlock: MidBlock?
  private let upBlocks: [UpBlock]
  private let normOut: GroupNorm
  private let convOut: Convolution

  /// - Parameter files: the `unet` folder of a checkpoint
  /// - Throws: `CheckpointError` when the configuration is not supported, or the
  ///   weights are not exactly those it describes.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try Configuration(files)
    let weights = try files.weights()
    let channels = configuration.blockOutChannels
    self.configuration = configuration
    time = try TimeConditioning(weights, configuration)
    convIn = try Convolution(weights.conv_in, configuration.inChannels, channels[0])
    var downBlocks: [DownBlock] = []
    var upBlocks: [UpBlock] = []
    for index in 0..<configuration.levels {
      downBlocks.append(try DownBlock(weights.down_blocks[index], level: index, configuration: configuration))
      upBlocks.append(try UpBlock(weights.up_blocks[index], index: index, configuration: configuration))
    }
    self.downBlocks = downBlocks
    self.upBlocks = upBlocks
    if let type = configuration.midBlockType {
      midBlock = try MidBlock(weights.mid_block, type, configuration: configuration)
    } else {
      midBlock = nil
    }
    normOut = try GroupNorm(
      weights.conv_norm_out, channels[0], groups: configuration.normNumGroups, epsilon: configuration.normEps)
    convOut = try Convolution(weights.conv_out, channels[0], configuration.outChannels)
    try weights.requireAllUsed()
  }

  /// Predicts the noise (or velocity) in `latents`.
  ///
  /// Where there are more texts than latents, all latents are evaluated with the first texts, then all of them with the
  /// next: a guidance pair is one image with two texts. What comes before the first cross-attention does not depend on
  /// texts and is computed once: of Stable Diffusion 1.5 a resnet and a self-attention of the finest level, 2 % of a
  /// step at 512×512 and more of larger ones. The numbers are those of the images one by one.
  ///
  /// - Parameters:
  ///   - latents: `[images, height, width, inChannels]`
  ///   - timestep: on the training scale, 0…999
  ///   - texts: of a conditioning with hidden states of `[batch, tokens, crossAttentionDim]`, the batch being a multiple
  ///     of the images, and what else the configuration asks for; good for this model, and for one `compute`
  ///   - merging: the image's merging session, nil for no merging
  /// - Returns: `[batch, height, width, outChannels]`
  package func callAsFunction(
    _ latents: Tensor, timestep: Double, texts: inout TextProjections, merging: inout MergingSession?,
    compute: ComputeOptions = ComputeOptions()
  ) -> Tensor {
    let conditioning = texts.conditioning
    precondition(
      latents.shape.rank == 4 && latents.shape[3] == configuration.inChannels
        && texts.count % latents.shape[0] == 0,
      "UNet of latents \(latents.shape), hidden states \(conditioning.hiddenStates.shape)")
    if texts.isEmpty { project(&texts, compute) }
    var context = UNetContext(
      texts: texts, compute: compute, timeEmbedding: time(timestep, conditioning),
      latentHeight: latents.shape[1], latentWidth: latents.shape[2], merging: merging)
    var hidden = convIn(latents, partOf: latents.shape.ofBatch(texts.count))
    // Texts that have a part in the time embedding tell images apart from the first resnet on.
    if context.timeEmbedding.shape[0] > 1 { hidden = hidden.repeated(to: texts.count) }
    var skips = [hidden]
    for block in downBlocks { block(&hidden, skips: &skips, &context) }
    midBlock?(&hidden, &context)
    for block in upBlocks { block(&hidden, skips: &skips, &context) }
    merging = context.merging
    // A model without cross-attention does not tell them apart at all.
    return convOut(normOut(hidden, silu: true)).repeated(to: texts.count)
  }

  private func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    for block in downBlocks { block.project(&texts, compute) }
    midBlock?.project(&texts, compute)
    for block in upBlocks { block.project(&texts, compute) }
  }

  /// One evaluation alone.
  package func callAsFunction(
    _ latents: Tensor, timestep: Double, conditioning: Conditioning, merging: inout MergingSession?,
    compute: ComputeOptions = ComputeOptions()
  ) -> Tensor {
    var texts = TextProjections(conditioning)
    return self(latents, timestep: timestep, texts: &texts, merging: &merging, compute: compute)
  }
}
