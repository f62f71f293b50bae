import Checkpoints
import Foundation
import Layers
import Tensors

/// All that a UNet's resnets are told: the timestep and, where the model was trained with them, the guidance scale, and
/// the pooled text with the picture's sizes.
struct TimeConditioning: Sendable {
  private let sinusoid: SinusoidalEmbedding
  private let guidance: GuidanceEmbedding?
  private let network: TimestepEmbedding
  private let addition: TextTimeEmbedding?

  /// - Parameter weights: the UNet's
  init(_ weights: Weights, _ configuration: UNet2DConditionModel.Configuration) throws(CheckpointError) {
    let (channels, width) = (configuration.blockOutChannels[0], configuration.timeEmbeddingWidth)
    sinusoid = SinusoidalEmbedding(
      channels: channels, cosineFirst: configuration.flipSinToCos, freqShift: configuration.freqShift)
    network = try TimestepEmbedding(weights.time_embedding, input: channels, width: width)
    if let dimension = configuration.timeCondProjDim {
      guidance = try GuidanceEmbedding(
        weights.time_embedding.cond_proj, dimension: dimension, channels: channels)
    } else {
      guidance = nil
    }
    if let textTime = configuration.textTime {
      addition = try TextTimeEmbedding(weights.add_embedding, textTime, configuration)
    } else {
      addition = nil
    }
  }

  /// - Parameter conditioning: with what the model needs of it
  /// - Returns: `[1, width]` for all images, or `[batch, width]` where they differ
  func callAsFunction(_ timestep: Double, _ conditioning: Conditioning) -> Tensor {
    let row = sinusoid(timestep)
    var embedded = Tensor(row, shape: [1, row.count])
    if let guidance {
      guard let scale = conditioning.guidanceScale else {
        preconditionFailure("a UNet that takes the guidance scale needs it")
      }
      embedded = embedded + guidance(scale)
    }
    let time = network(embedded)
    guard let added = addition?(conditioning) else { return time }
    return time.repeated(to: added.shape[0]) + added
  }
}

/// The guidance scale as an input of models that were distilled with guidance (Meng et al. 2023; Luo et al. 2023; the
/// `time_cond_proj_dim` of diffusers, `get_guidance_scale_embedding` of its pipelines).
private struct GuidanceEmbedding: Sendable {
  private let dimension: Int
  private let sinusoid: SinusoidalEmbedding
  private let projection: Linear

  init(_ weights: Weights, dimension: Int, channels: Int) throws(CheckpointError) {
    self.dimension = dimension
    // In the reference's order of operations: w is a thousandfold, and so are errors of frequencies.
    let step = Float(log(10000.0)) / Float(dimension / 2 - 1)
    sinusoid = SinusoidalEmbedding(
      channels: dimension, cosineFirst: false, frequencies: (0..<dimension / 2).map { exp(Float($0) * -step) }
    )
    projection = try Linear(weights, dimension, channels, bias: false)
  }

  /// - Parameter scale: as pipelines take it, 1 being no guidance
  /// - Returns: `[1, channels]`
  func callAsFunction(_ scale: Double) -> Tensor {
    // w of the papers, on the scale of timesteps.
    projection(Tensor(sinusoid(Double(Float(scale - 1) * 1000)), shape: [1, dimension]))
  }
}

/// The pooled text and the picture's sizes of SDXL (Podell et al. 2023, section 2.2; diffusers' `text_time`).
private struct TextTimeEmbedding: Sendable {
  private let sinusoid: SinusoidalEmbedding
  private let network: TimestepEmbedding

  init(
    _ weights: Weights, _ shape: UNet2DConditionModel.Configuration.TextTime,
    _ configuration: UNet2DConditionModel.Configuration
  ) throws(CheckpointError) {
    sinusoid = SinusoidalEmbedding(
      channels: shape.timeEmbedDim, cosineFirst: configuration.flipSinToCos,
      freqShift: configuration.freqShift)
    network = try TimestepEmbedding(
      weights, input: shape.inputDim, width: configuration.timeEmbeddingWidth)
  }

  /// - Returns: `[batch, width]`
  func callAsFunction(_ conditioning: Conditioning) -> Tensor {
    guard let pooled = conditioning.pooled, let sizes = conditioning.sizes else {
      preconditionFailure("a UNet with text_time embeddings needs a pooled text and the picture's sizes")
    }
    let ids = sizes.timeIDs.flatMap { sinusoid($0) }
    let row = Tensor(ids, shape: [1, ids.count])
    return network(.concatenatingChannels(pooled, row.repeated(to: pooled.shape[0])))
  }
}
