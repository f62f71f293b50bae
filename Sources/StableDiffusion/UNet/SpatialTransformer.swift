import Checkpoints
import Layers
import Tensors

/// Transformer blocks over the positions of a feature map, diffusers' `Transformer2DModel`.
struct SpatialTransformer: Sendable {
  private let norm: GroupNorm
  private let projectIn: Projection
  private let blocks: [TransformerBlock]
  private let projectOut: Projection

  /// A map of channels at every position, stored as a linear layer or as a 1×1 convolution.
  private enum Projection: Sendable {
    case linear(Linear)
    case convolution(Convolution)

    init(_ weights: Weights, _ channels: Int, linear: Bool) throws(CheckpointError) {
      self =
        linear
        ? .linear(try Linear(weights, channels, channels))
        : .convolution(try Convolution(weights, channels, channels, kernel: 1, padding: 0))
    }

    func callAsFunction(_ x: Tensor, adding residual: Tensor? = nil, precision: Precision) -> Tensor {
      switch self {
      case .linear(let layer): layer(x, adding: residual, precision: precision)
      case .convolution(let layer): layer(x, adding: residual, precision: precision)
      }
    }
  }

  init(
    _ weights: Weights, channels: Int, level: Int, layers: Int,
    configuration: UNet2DConditionModel.Configuration
  ) throws(CheckpointError) {
    norm = try GroupNorm(weights.norm, channels, groups: configuration.normNumGroups, epsilon: 1e-6)
    projectIn = try Projection(weights.proj_in, channels, linear: configuration.useLinearProjection)
    var blocks: [TransformerBlock] = []
    for index in 0..<layers {
      blocks.append(
        try TransformerBlock(
          weights.transformer_blocks[index], channels: channels,
          contextWidth: configuration.crossAttentionDim[level], heads: configuration.heads[level]))
    }
    self.blocks = blocks
    projectOut = try Projection(weights.proj_out, channels, linear: configuration.useLinearProjection)
  }

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    for block in blocks { block.project(&texts, compute) }
  }

  /// - Parameter x: `[images, height, width, channels]`, becomes the result, whose batch is that of the texts
  func callAsFunction(_ x: inout Tensor, _ context: inout UNetContext) {
    var hidden = projectIn(norm(x), precision: context.compute.precision)
      .reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]])
    for block in blocks { block(&hidden, &context) }
    x = x.repeated(to: hidden.shape[0])
    x = projectOut(hidden.reshaped(x.shape), adding: x, precision: context.compute.precision)
  }
}
