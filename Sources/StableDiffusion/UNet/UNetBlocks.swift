import Checkpoints
import Layers
import Tensors

/// One resnet and, in cross-attention blocks, the transformer after it.
///
/// As all parts of the UNet, it replaces the map that it is given by its result: who calls it keeps no older map, which
/// would take as much memory.
private struct UNetLayer: Sendable {
  let resnet: ResnetBlock
  let transformer: SpatialTransformer?

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    transformer?.project(&texts, compute)
  }

  func callAsFunction(_ hidden: inout Tensor, _ context: inout UNetContext) {
    resnet(
      &hidden, time: context.timeEmbedding, precision: context.compute.precision,
      ofBatch: context.texts.count)
    transformer?(&hidden, &context)
  }
}

/// Builds the layers of one block, whose weights lie under `resnets` and `attentions`.
private struct UNetLayerBuilder {
  let weights: Weights
  let configuration: UNet2DConditionModel.Configuration
  let level: Int
  let channels: Int

  func resnet(_ index: Int, input: Int) throws(CheckpointError) -> ResnetBlock {
    try ResnetBlock(
      weights.resnets[index], input: input, output: channels, timeEmbedding: configuration.timeEmbeddingWidth,
      groups: configuration.normNumGroups, epsilon: configuration.normEps)
  }

  /// - Parameter depth: how many transformer blocks
  func transformer(_ index: Int, depth: Int) throws(CheckpointError) -> SpatialTransformer {
    try SpatialTransformer(
      weights.attentions[index], channels: channels, level: level, layers: depth, configuration: configuration
    )
  }

  /// - Parameter depth: how many transformer blocks; nil for a layer without transformer
  func layer(_ index: Int, input: Int, depth: Int?) throws(CheckpointError) -> UNetLayer {
    let resnet = try resnet(index, input: input)
    guard let depth else { return UNetLayer(resnet: resnet, transformer: nil) }
    return UNetLayer(resnet: resnet, transformer: try transformer(index, depth: depth))
  }
}

/// `DownBlock2D` and `CrossAttnDownBlock2D`: layers whose results are kept as skips,
/// then a strided convolution on all levels but the last.
struct DownBlock: Sendable {
  private let layers: [UNetLayer]
  private let downsampler: Convolution?

  init(
    _ weights: Weights, level: Int, configuration: UNet2DConditionModel.Configuration
  ) throws(CheckpointError) {
    let channels = configuration.blockOutChannels
    let builder = UNetLayerBuilder(
      weights: weights, configuration: configuration, level: level, channels: channels[level])
    var layers: [UNetLayer] = []
    for index in 0..<configuration.layersPerBlock[level] {
      layers.append(
        try builder.layer(
          index, input: channels[index == 0 ? max(level - 1, 0) : level],
          depth: configuration.depthOnWayDown(level, layer: index)))
    }
    self.layers = layers
    downsampler =
      level == configuration.levels - 1
      ? nil : try Convolution(weights.downsamplers[0].conv, channels[level], channels[level], stride: 2)
  }

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    for layer in layers { layer.project(&texts, compute) }
  }

  func callAsFunction(_ hidden: inout Tensor, skips: inout [Tensor], _ context: inout UNetContext) {
    for layer in layers {
      layer(&hidden, &context)
      skips.append(hidden)
    }
    if let downsampler {
      hidden = downsampler(hidden, precision: context.compute.precision)
      skips.append(hidden)
    }
  }
}

/// `UNetMidBlock2DCrossAttn`: resnet, transformer, resnet; or `UNetMidBlock2D`: the first resnet alone.
struct MidBlock: Sendable {
  private let layer: UNetLayer
  private let last: ResnetBlock?

  init(
    _ weights: Weights, _ type: UNet2DConditionModel.Configuration.MidBlockType,
    configuration: UNet2DConditionModel.Configuration
  ) throws(CheckpointError) {
    let level = configuration.levels - 1
    let channels = configuration.blockOutChannels[level]
    let builder = UNetLayerBuilder(
      weights: weights, configuration: configuration, level: level, channels: channels)
    let attends = type == .attending
    layer = try builder.layer(
      0, input: channels, depth: attends ? configuration.transformerDepths.middle : nil)
    last = attends ? try builder.resnet(1, input: channels) : nil
  }

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) { layer.project(&texts, compute) }

  func callAsFunction(_ hidden: inout Tensor, _ context: inout UNetContext) {
    layer(&hidden, &context)
    last?(
      &hidden, time: context.timeEmbedding, precision: context.compute.precision,
      ofBatch: context.texts.count)
  }
}

/// `UpBlock2D` and `CrossAttnUpBlock2D`: layers that each take a skip back in, then
/// nearest upsampling to the next skip's size and a convolution.
struct UpBlock: Sendable {
  private let layers: [UNetLayer]
  private let upsampler: Convolution?

  /// - Parameter index: position among the up blocks; 0 is the lowest resolution
  init(
    _ weights: Weights, index: Int, configuration: UNet2DConditionModel.Configuration
  ) throws(CheckpointError) {
    let levels = configuration.levels
    let level = levels - 1 - index
    let channels = configuration.blockOutChannels
    let builder = UNetLayerBuilder(
      weights: weights, configuration: configuration, level: level, channels: channels[level])
    let count = configuration.layersPerBlock[level] + 1
    var layers: [UNetLayer] = []
    for layer in 0..<count {
      let below = channels[layer == 0 ? min(level + 1, levels - 1) : level]
      let skip = channels[layer == count - 1 ? max(level - 1, 0) : level]
      layers.append(
        try builder.layer(
          layer, input: below + skip, depth: configuration.depthOnWayUp(level, layer: layer)))
    }
    self.layers = layers
    upsampler =
      level == 0 ? nil : try Convolution(weights.upsamplers[0].conv, channels[level], channels[level])
  }

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    for layer in layers { layer.project(&texts, compute) }
  }

  func callAsFunction(_ hidden: inout Tensor, skips: inout [Tensor], _ context: inout UNetContext) {
    for layer in layers {
      hidden = .concatenatingChannels(hidden, skips.removeLast().repeated(to: hidden.shape[0]))
      layer(&hidden, &context)
    }
    guard let upsampler, let next = skips.last else { return }
    // Twice its size, unless a map of odd height or width had been halved.
    let doubled = hidden.shape.doubledMap
    let isDoubled = (next.shape[1], next.shape[2]) == (doubled[1], doubled[2])
    if !isDoubled { hidden = hidden.upsampledNearest(height: next.shape[1], width: next.shape[2]) }
    hidden = upsampler(hidden, doubled: isDoubled, precision: context.compute.precision)
  }
}
