package import Checkpoints
import Layers
package import Tensors

/// The encoder of a distilled autoencoder, TAESD: diffusers' `AutoencoderTiny.encode`, which leaves nothing to chance.
package struct AutoencoderTinyEncoder: LatentEncoder {
  package let scaleFactor: Int

  private let scalingFactor: Float
  private let stages: [Stage]
  private let output: Convolution

  /// Loads `config.json` and the encoder's weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try AutoencoderTiny.Configuration(files)
    let fields = try files.fields(of: "config.json")
    try fields.require(["in_channels": [.number(3)]])
    let count = configuration.blocks.count
    let channels =
      try fields.wholes("encoder_block_out_channels", .channels, count: count...count)
      ?? [64, 64, 64, 64]
    let blocks = try fields.wholes("num_encoder_blocks", .layers, count: count...count) ?? [1, 3, 3, 3]
    guard channels.count == count, blocks.count == count else {
      throw fields.error(
        "num_encoder_blocks", "is of \(blocks.count) stages, the decoder has \(count)")
    }
    guard Set(channels).count == 1 else {
      throw fields.error(
        "encoder_block_out_channels", "is \(channels), supported are equal channels in all stages")
    }
    let root = try files.weights()
    let weights = try root.requireEncoder()
    // The layers have their places in one row, and all of them weights.
    var place = 0
    func next() -> Weights {
      defer { place += 1 }
      return weights.layers[place]
    }
    var stages: [Stage] = []
    for (index, count) in blocks.enumerated() {
      let input =
        index == 0
        ? try Convolution(next(), 3, channels[0])
        : try Convolution(next(), channels[index], channels[index], stride: 2, bias: false)
      var blocks: [AutoencoderTinyBlock] = []
      for _ in 0..<count {
        blocks.append(try AutoencoderTinyBlock(next(), channels[index], configuration.activation))
      }
      stages.append(Stage(input: input, blocks: blocks))
    }
    self.stages = stages
    output = try Convolution(next(), channels[count - 1], configuration.latentChannels)
    scaleFactor = configuration.scaleFactor
    scalingFactor = configuration.scalingFactor
    try root.requireAllUsed(ignoring: ["decoder."])
  }

  package func encode(_ pixels: Tensor) -> LatentDistribution {
    // The network was trained on 0...1.
    var x = pixels.mapped { ($0 + 1) / 2 }
    for stage in stages { x = stage(x) }
    return LatentDistribution(mean: output(x) * scalingFactor, standardDeviation: nil)
  }

  /// A convolution, which halves the resolution in all stages but the first, and blocks.
  private struct Stage: Sendable {
    let input: Convolution
    let blocks: [AutoencoderTinyBlock]

    func callAsFunction(_ x: Tensor) -> Tensor {
      var x = input(x)
      for block in blocks { x = block(x) }
      // What follows has other sizes, and could not use this memory.
      BufferPool.shared.drain()
      return x
    }
  }
}

/// Three convolutions around a residual connection, of encoder and decoder.
struct AutoencoderTinyBlock: Sendable {
  let convolutions: [Convolution]
  let activation: AutoencoderTiny.Activation

  init(_ weights: Weights, _ channels: Int, _ activation: AutoencoderTiny.Activation) throws(CheckpointError)
  {
    // Between them are the activations.
    convolutions = try [0, 2, 4].map { (place) throws(CheckpointError) in
      try Convolution(weights.conv[place], channels, channels)
    }
    self.activation = activation
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let hidden = activation(convolutions[1](activation(convolutions[0](x))))
    return convolutions[2](hidden, adding: x).relu()
  }
}
