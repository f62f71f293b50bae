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

  /// - Parameter shared: whether the UNet computes once what the halves of a guidance pair share
  /// - Throws: ``CheckpointError``, or ``BenchmarkError`` when the model cannot make pictures of that size.
  init(_ item: BenchmarkCase, of subject: BenchmarkSubject, shared: Bool = true) throws {
    let model = try subject.files(resident: item.resident)
    let folders = try Self.folders(item.part, of: model)
    mappedBytes = try folders.reduce(0) { try $0 + $1.tensors().mappedBytes }
    switch item.part {
    case .unet:
      body = try Self.unet(
        item, folders[0], latents: Self.latentSize(item, subject), shared: shared, model)
    case .vae: body = try Self.vae(item, folders[0], latents: Self.latentSize(item, subject))
    case .text: body = try Self.text(item, folders)
    case .clip: body = try Self.clip(item, folders[0])
    }
    // What widening and reordering the weights left over.
    BufferPool.shared.drain()
  }

  /// The first step of one picture, of the part ``BenchmarkPart/unet``: its evaluation for the guidance pair, with the
  /// texts' projections before it, guidance and the scheduler's step.
  ///
  /// - Throws: as ``init(_:of:)``, ``PipelineError`` when the checkpoint's scheduler is none that is known here, or
  ///   ``BenchmarkError`` when the UNet takes more than latents.
  static func step(_ item: BenchmarkCase, of subject: BenchmarkSubject) throws -> Workload {
    precondition(item.part == .unet && item.batch == 1, "a step of \(item.label)")
    let model = try subject.files(resident: item.resident)
    let folder = try folders(item.part, of: model)[0]
    let size = try latentSize(item, subject)
    let unet = try UNet2DConditionModel(folder)
    let (taken, given) = (unet.configuration.inChannels, unet.configuration.outChannels)
    guard taken == given else {
      throw BenchmarkError.nothingToMeasure(
        "\(folder.path(of: "config.json")): in_channels is \(taken), out_channels \(given); "
          + "a step needs a UNet of plain latents, where both are the same")
    }
    var generator = TorchGenerator(seed: 0)
    let texts = unet.configuration.timeCondProjDim == nil ? 2 : 1
    let sequence = try DenoisingSequence(
      unet, of: model, conditioning: conditioning(item, unet, model, texts: texts, &generator),
      latents: [1, size.height, size.width, taken], merging: item.merging,
      compute: compute(item))
    let mapped = try folder.tensors().mappedBytes
    BufferPool.shared.drain()
    return Workload(mappedBytes: mapped) {
      // A copy: every call takes the same step.
      var steps = sequence
      _ = steps.next()
    }
  }

  private init(mappedBytes: Int, _ body: @escaping () -> Void) {
    self.mappedBytes = mappedBytes
    self.body = body
  }

  func callAsFunction() { body() }

  /// Where a part's weights are; SDXL's texts are encoded by two encoders.
  private static func folders(_ part: BenchmarkPart, of model: any ModelFiles) throws -> [any ModelFiles] {
    switch part {
    case .unet, .vae: [try model.component(part.rawValue)]
    case .text: try textEncoders(of: model).map(model.component)
    case .clip: [model]
    }
  }

  private static func textEncoders(of model: any ModelFiles) -> [String] {
    ["text_encoder", "text_encoder_2"].filter { $0 == "text_encoder" || model.has($0) }
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
    _ item: BenchmarkCase, _ folder: any ModelFiles, latents size: (width: Int, height: Int), shared: Bool,
    _ model: any ModelFiles
  ) throws -> () -> Void {
    let unet = try UNet2DConditionModel(folder)
    var generator = TorchGenerator(seed: 0)
    let noise = normal([item.batch, size.height, size.width, unet.configuration.inChannels], &generator)
    let latents = shared ? noise : noise.repeated(to: 2 * item.batch)
    var texts = TextProjections(
      try conditioning(item, unet, model, texts: 2 * item.batch, &generator))
    // The first call, which warms up, projects them.
    return {
      var merging = item.merging.map { MergingSession(options: $0, seed: 0) }
      _ = unet(latents, timestep: 500, texts: &texts, merging: &merging, compute: compute(item))
    }
  }

  private static func conditioning(
    _ item: BenchmarkCase, _ unet: UNet2DConditionModel, _ model: any ModelFiles, texts: Int,
    _ generator: inout TorchGenerator
  ) throws -> Conditioning {
    let text = try CLIPTextConfiguration(model.component("text_encoder"))
    let shape = unet.configuration
    return Conditioning(
      hiddenStates: normal([texts, text.maxPositionEmbeddings, shape.crossAttentionDim[0]], &generator),
      pooled: shape.textTime.map { normal([texts, $0.textWidth], &generator) },
      sizes: MicroConditioning(width: item.width, height: item.height), guidanceScale: 7.5)
  }

  private static func compute(_ item: BenchmarkCase) -> ComputeOptions {
    ComputeOptions(attention: item.attention, precision: item.precision)
  }

  private static func vae(
    _ item: BenchmarkCase, _ folder: any ModelFiles, latents size: (width: Int, height: Int)
  ) throws -> () -> Void {
    let autoencoder = try AutoencoderClass.load(folder)
    var generator = TorchGenerator(seed: 0)
    let latents = normal([item.batch, size.height, size.width, autoencoder.latentChannels], &generator)
    return { _ = autoencoder.decode(latents) }
  }

  /// Ids drawn at random, the end token last: the encoder's time does not depend on them.
  private static func text(_ item: BenchmarkCase, _ folders: [any ModelFiles]) throws -> () -> Void {
    let encoder = try CLIPTextModel(folders[0])
    let second = try folders.dropFirst().first.map { try CLIPTextModelWithProjection($0) }
    var generator = TorchGenerator(seed: 0)
    let (length, vocabulary) = (encoder.configuration.maxPositionEmbeddings, encoder.configuration.vocabSize)
    let texts = (0..<2 * item.batch).map { _ in
      generator.randint(length - 1, below: vocabulary - 1) + [vocabulary - 1]
    }
    return {
      _ = encoder(texts)
      _ = second?(texts)
    }
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
