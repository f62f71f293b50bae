package import Checkpoints
import Layers
package import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The encoder of the variational autoencoder of latent diffusion (Rombach et al. 2022): pictures to latents, diffusers'
/// `AutoencoderKL.encode`.
package struct AutoencoderKLEncoder: LatentEncoder {
  package let scaleFactor: Int

  private let latentChannels: Int
  private let scalingFactor: Float
  private let quantization: Convolution?
  private let inputConvolution: Convolution
  private let levels: [Level]
  private let middle: AutoencoderMiddleBlock
  private let outputNorm: GroupNorm
  private let outputConvolution: Convolution

  /// Logarithms of variances are limited to these.
  private static let logarithms: ClosedRange<Float> = -30...20

  /// Loads `config.json` and the encoder's weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try AutoencoderKL.Configuration(files)
    let fields = try files.fields(of: "config.json")
    try fields.require(["in_channels": [.number(3)]])
    let channels = configuration.blockOutChannels
    let types = try fields.texts("down_block_types", count: channels.count...channels.count)
    guard types == nil || types == channels.map({ _ in "DownEncoderBlock2D" }) else {
      throw fields.error(
        "down_block_types",
        "is \(types ?? []), supported is DownEncoderBlock2D for each of block_out_channels")
    }
    let usesQuantization = try fields.flag("use_quant_conv") ?? true
    let root = try files.weights()
    let weights = try root.requireEncoder()
    scaleFactor = configuration.scaleFactor
    latentChannels = configuration.latentChannels
    scalingFactor = configuration.scalingFactor
    let moments = 2 * latentChannels
    quantization =
      usesQuantization
      ? try Convolution(root.quant_conv, moments, moments, kernel: 1, padding: 0) : nil
    inputConvolution = try Convolution(weights.conv_in, 3, channels[0])
    var levels: [Level] = []
    for index in channels.indices {
      levels.append(
        try Level(
          weights.down_blocks[index], input: channels[max(index - 1, 0)], output: channels[index],
          configuration, downsamples: index < channels.count - 1))
    }
    self.levels = levels
    let coarsest = channels[channels.count - 1]
    middle = try AutoencoderMiddleBlock(weights.mid_block, coarsest, configuration)
    outputNorm = try GroupNorm(
      weights.conv_norm_out, coarsest, groups: configuration.normNumGroups,
      epsilon: AutoencoderMiddleBlock.epsilon)
    outputConvolution = try Convolution(weights.conv_out, coarsest, moments)
    try root.requireAllUsed(
      ignoring: ["decoder.", "post_quant_conv."] + (usesQuantization ? [] : ["quant_conv."]))
  }

  package func encode(_ pixels: Tensor) -> LatentDistribution { encode(pixels, bands: .standard) }

  /// - Parameter bands: how large maps are cut
  func encode(_ pixels: Tensor, bands: RowBands) -> LatentDistribution {
    let shape = pixels.shape
    precondition(
      shape.rank == 4 && shape[0] == 1 && shape[3] == 3 && shape[1] % scaleFactor == 0
        && shape[2] % scaleFactor == 0,
      "pixels have shape \(shape), expected [1, height, width, 3] of multiples of \(scaleFactor)")
    var x = inputConvolution(pixels)
    for level in levels { level.apply(to: &x, bands: bands) }
    x = middle(x, bands: bands)
    let encoded = outputConvolution(outputNorm(x, silu: true))
    return distribution(quantization.map { $0(encoded) } ?? encoded)
  }

  /// - Parameter moments: `[1, height, width, 2 · channels]`, means before the logarithms of variances
  private func distribution(_ moments: Tensor) -> LatentDistribution {
    let channels = latentChannels
    let shape: Shape = [1, moments.shape[1], moments.shape[2], channels]
    func part(from first: Int, _ change: (Float) -> Float) -> Tensor {
      moments.withUnsafeBuffer { values in
        Tensor(uninitialized: shape) { target in
          for position in 0..<(shape[1] * shape[2]) {
            for channel in 0..<channels {
              target[position * channels + channel] = change(
                values[position * 2 * channels + first + channel])
            }
          }
        }
      }
    }
    let limits = Self.logarithms
    return LatentDistribution(
      mean: part(from: 0) { $0 * scalingFactor },
      standardDeviation: part(from: channels) {
        exp(0.5 * min(max($0, limits.lowerBound), limits.upperBound)) * scalingFactor
      })
  }

  /// Residual blocks at one resolution, then a halving of it: `DownEncoderBlock2D`.
  private struct Level: Sendable {
    let resnets: [ResnetBlock]
    let downsampler: Convolution?

    init(
      _ weights: Weights, input: Int, output: Int, _ configuration: AutoencoderKL.Configuration,
      downsamples: Bool
    ) throws(CheckpointError) {
      var resnets: [ResnetBlock] = []
      for index in 0..<configuration.layersPerBlock {
        resnets.append(
          try ResnetBlock(
            weights.resnets[index], input: index == 0 ? input : output, output: output, timeEmbedding: nil,
            groups: configuration.normNumGroups, epsilon: AutoencoderMiddleBlock.epsilon))
      }
      self.resnets = resnets
      // Zeros only follow: right of and below the map.
      downsampler =
        downsamples
        ? try Convolution(
          weights.downsamplers[0].conv, output, output, stride: 2, padding: 0, trailingPadding: 1) : nil
    }

    /// `x` is replaced as soon as it is not needed any more.
    func apply(to x: inout Tensor, bands: RowBands) {
      for resnet in resnets {
        x = resnet(x, bands: bands)
        // What follows has other sizes, and could not use this memory; so below.
        if resnet.shortcut != nil { BufferPool.shared.drain() }
      }
      BufferPool.shared.drain()
      guard let downsampler else { return }
      x = downsampler(x)
      BufferPool.shared.drain()
    }
  }
}
