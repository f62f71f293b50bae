import Checkpoints
import Layers
import Tensors

/// The decoder's layers: a middle block at the coarsest level, then up to the finest one.
struct AutoencoderDecoder: Sendable {
  private let inputConvolution: Convolution
  private let middle: AutoencoderMiddleBlock
  private let levels: [Level]
  private let outputNorm: GroupNorm
  private let outputConvolution: Convolution

  init(_ weights: Weights, _ configuration: AutoencoderKL.Configuration) throws(CheckpointError) {
    let groups = configuration.normNumGroups
    let channels = Array(configuration.blockOutChannels.reversed())
    let (coarsest, finest) = (channels[0], channels[channels.count - 1])
    inputConvolution = try Convolution(weights.conv_in, configuration.latentChannels, coarsest)
    middle = try AutoencoderMiddleBlock(weights.mid_block, coarsest, configuration)
    var levels: [Level] = []
    for index in channels.indices {
      levels.append(
        try Level(
          weights.up_blocks[index], input: channels[max(index - 1, 0)], output: channels[index],
          layers: configuration.layersPerBlock + 1, groups: groups,
          upsamples: index < channels.count - 1))
    }
    self.levels = levels
    outputNorm = try GroupNorm(
      weights.conv_norm_out, finest, groups: groups, epsilon: AutoencoderMiddleBlock.epsilon)
    outputConvolution = try Convolution(weights.conv_out, finest, 3)
  }

  /// - Parameters:
  ///   - latents: `[1, height, width, latentChannels]`
  ///   - bands: how large maps are cut
  func callAsFunction(_ latents: Tensor, bands: RowBands) -> Tensor {
    var x = middle(inputConvolution(latents), bands: bands)
    for level in levels { level.apply(to: &x, bands: bands) }
    let norm = outputNorm.affine(of: x)
    return bands.convolve(x, with: outputConvolution, output: 3) { norm($0, silu: true) }
  }

  /// Residual blocks at one resolution, then a doubling of it: `UpDecoderBlock2D`.
  private struct Level: Sendable {
    let resnets: [ResnetBlock]
    let upsampler: Convolution?

    init(
      _ weights: Weights, input: Int, output: Int, layers: Int, groups: Int, upsamples: Bool
    ) throws(CheckpointError) {
      var resnets: [ResnetBlock] = []
      for index in 0..<layers {
        resnets.append(
          try ResnetBlock(
            weights.resnets[index], input: index == 0 ? input : output, output: output,
            timeEmbedding: nil, groups: groups, epsilon: AutoencoderMiddleBlock.epsilon))
      }
      self.resnets = resnets
      upsampler = upsamples ? try Convolution(weights.upsamplers[0].conv, output, output) : nil
    }

    /// `x` is replaced as soon as it is not needed any more.
    func apply(to x: inout Tensor, bands: RowBands) {
      for resnet in resnets {
        x = resnet(x, bands: bands)
        // What follows has other sizes, and could not use this memory; so below.
        if resnet.shortcut != nil { BufferPool.shared.drain() }
      }
      BufferPool.shared.drain()
      guard let upsampler else { return }
      x = bands.convolve(x, doubled: true, with: upsampler, output: x.shape[3]) { $0 }
      BufferPool.shared.drain()
    }
  }
}
