import CLIPModels
import Checkpoints
import Foundation
import Images
import StableDiffusion
import Tensors
import TokenMerging

/// A loaded part of a model with an input of the case's size, ready to run any number of times.
struct Workload {
  private let body: () -> Void
  /// What memory-mapped weights may take.
  let mappedBytes: Int

  /// - Throws: ``CheckpointError``, or ``BenchmarkError`` when the model cannot make pictures of that size.
  init(_ item: BenchmarkCase, of subject: BenchmarkSubject) throws {
    let model = try subject.files(resident: item.resident)
    let folder = try Self.folder(item.part).map(model.component) ?? model
    mappedBytes = try folder.tensors().mappedBytes
    switch item.part {
    case .unet: body = try Self.unet(item, folder, latents: Self.latentSize(item, subject), model)
    case .vae: body = try Self.vae(item, folder, latents: Self.latentSize(item, subject))
    case .text: body = try Self.text(item, folder)
    case .clip: body = try Self.clip(item, folder)
    }
    // What widening and reordering the weights left over.
    BufferPool.shared.drain()
  }

  func callAsFunction() { body() }

  /// The subfolder of a part, nil for the folder itself.
  private static func folder(_ part: BenchmarkPart) -> String? {
    switch part {
    case .unet, .vae: part.rawValue
    case .text: "text_encoder"
    case .clip: nil
    }
  }

  /// Of the case's pictures.
  private static func latentSize(
    _ item: BenchmarkCase, _ subject: BenchmarkSubject
  ) throws -> (width: Int, height: Int) {
    let factor = try subject.scaleFactor()
    guard item.width % factor == 0, item.height % factor == 0 else {
      throw PipelineError.badSize(width: item.width, height: item.height, factor: factor)
    }
    return (item.width / factor, item.height / factor)
  }

  /// Every picture is a guidance pair of its own noise and text states.
  private static func unet(
    _ item: BenchmarkCase, _ folder: any ModelFiles, latents size: (width: Int, height: Int),
    _ model: any ModelFiles
  ) throws -> () -> Void {
    let unet = try UNet2DConditionModel(folder)
    let text = try CLIPTextConfiguration(model.component("text_encoder"))
    var generator = TorchGenerator(seed: 0)
    let noise = normal([item.batch, size.height, size.width, unet.configuration.inChannels], &generator)
    let latents = Tensor.concatenating([noise, noise])
    let conditioning = Conditioning(
      hiddenStates: normal(
        [2 * item.batch, text.maxPositionEmbeddings, unet.configuration.crossAttentionDim[0]], &generator))
    return {
      var merging = item.merging.map { MergingSession(options: $0, seed: 0) }
      _ = unet(
        latents, timestep: 500, conditioning: conditioning, merging: &merging,
        compute: ComputeOptions(attention: item.attention, precision: item.precision))
    }
  }

  private static func vae(
    _ item: BenchmarkCase, _ folder: any ModelFiles, latents size: (width: Int, height: Int)
  ) throws -> () -> Void {
    let autoencoder = try AutoencoderKL(folder)
    var generator = TorchGenerator(seed: 0)
    let latents = normal([item.batch, size.height, size.width, autoencoder.latentChannels], &generator)
    return { _ = autoencoder.decode(latents) }
  }

  /// Ids drawn at random, the end token last: the encoder's time does not depend on them.
  private static func text(_ item: BenchmarkCase, _ folder: any ModelFiles) throws -> () -> Void {
    let encoder = try CLIPTextModel(folder)
    var generator = TorchGenerator(seed: 0)
    let (length, vocabulary) = (encoder.configuration.maxPositionEmbeddings, encoder.configuration.vocabSize)
    let texts = (0..<2 * item.batch).map { _ in
      generator.randint(length - 1, below: vocabulary - 1) + [vocabulary - 1]
    }
    return { _ = encoder(texts) }
  }

  private static func clip(_ item: BenchmarkCase, _ folder: any ModelFiles) throws -> () -> Void {
    let model = try CLIPModel(folder)
    // Drawn at random, they would be numbers of eight bytes each first.
    let pixels = (0..<item.width * item.height * 3).map {
      UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 16)
    }
    let image = RGBImage(width: item.width, height: item.height, pixels: pixels)
    return {
      for _ in 0..<item.batch {
        _ = try? CLIPModel.score(
          model.embed(text: "a photograph of an astronaut riding a horse"), model.embed(image: image))
      }
    }
  }

  private static func normal(_ shape: Shape, _ generator: inout TorchGenerator) -> Tensor {
    Tensor(generator.randn(shape.count), shape: shape)
  }
}
