package import Checkpoints
import Foundation
import Layers
package import Tensors

/// The decoder of a distilled autoencoder, TAESD (Ollin Boer Bohan, github.com/madebyollin/taesd), which takes a
/// fraction of the time of the one that it stands in for: diffusers' `AutoencoderTiny.decode`.
package struct AutoencoderTiny: Autoencoder {
  package let scaleFactor: Int
  package let latentChannels: Int

  private let scalingFactor: Float
  private let activation: Activation
  private let input: Convolution
  private let stages: [Stage]

  /// Loads `config.json` and the decoder's weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try Configuration(files)
    let weights = try files.weights()
    scaleFactor = configuration.scaleFactor
    latentChannels = configuration.latentChannels
    scalingFactor = configuration.scalingFactor
    activation = configuration.activation
    // The layers have their places in one row, those without weights, too: the activation after the first, upsamplers.
    var place = 0
    func next() -> Weights {
      defer { place += 1 }
      return weights.decoder.layers[place]
    }
    let channels = configuration.channels
    input = try Convolution(next(), configuration.latentChannels, channels[0])
    place += 1
    var stages: [Stage] = []
    for (index, count) in configuration.blocks.enumerated() {
      var blocks: [AutoencoderTinyBlock] = []
      for _ in 0..<count {
        blocks.append(try AutoencoderTinyBlock(next(), channels[index], configuration.activation))
      }
      let isLast = index == configuration.blocks.count - 1
      if !isLast { place += 1 }
      let output = try Convolution(next(), channels[index], isLast ? 3 : channels[index], bias: isLast)
      stages.append(Stage(blocks: blocks, upsamples: !isLast, output: output))
    }
    self.stages = stages
    try weights.requireAllUsed(ignoring: ["encoder."])
  }

  package func decode(_ latents: Tensor) -> Tensor {
    precondition(
      latents.shape.rank == 4 && latents.shape.last == latentChannels,
      "latents have shape \(latents.shape), expected [batch, height, width, \(latentChannels)]")
    let factor = 1 / scalingFactor
    // Latents out of range are bent back into it.
    var x = activation(input(latents.mapped { tanh($0 * factor / 3) * 3 }))
    for stage in stages { x = stage(x) }
    return x.mapped { $0 * 2 - 1 }
  }

  /// Blocks at one resolution, a doubling of it unless it is the last, and a convolution.
  private struct Stage: Sendable {
    let blocks: [AutoencoderTinyBlock]
    let upsamples: Bool
    let output: Convolution

    func callAsFunction(_ input: Tensor) -> Tensor {
      var x = input
      for block in blocks { x = block(x) }
      // What follows has other sizes, and could not use this memory.
      BufferPool.shared.drain()
      return output(x, doubled: upsamples)
    }
  }
}

extension Tensor {
  /// Every element changed alike.
  func mapped(_ change: (Float) -> Float) -> Tensor {
    withUnsafeBuffer { values in Tensor(values.map(change), shape: shape) }
  }
}
