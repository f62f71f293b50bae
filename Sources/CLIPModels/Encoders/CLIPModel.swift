package import Checkpoints
import Foundation
package import Images
import Layers
package import Tensors

/// Texts and pictures as points of one space, where the angle between them tells how
/// well they go together (Radford et al. 2021; transformers' `CLIPModel`).
package struct CLIPModel: Sendable {
  package let tokenizer: CLIPTokenizer
  package let imageProcessor: CLIPImageProcessor
  package let textModel: CLIPTextModel
  package let visionModel: CLIPVisionModel
  /// Numbers of an embedding.
  package let embeddingSize: Int
  private let files: LoadedFiles
  private let textProjection: Linear
  private let visualProjection: Linear
  /// The logarithm of what the model multiplies cosines by; nil where its file has none.
  private let logitScale: Float?

  /// A CLIP folder as transformers saves it: `config.json`, `model.safetensors`, the
  /// tokenizer and `preprocessor_config.json`.
  /// - Throws: ``CheckpointError`` naming the file, field or tensor at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let files = LoadedFiles(files)
    self.files = files
    let file = "config.json"
    let configuration = try CLIPConfiguration(files.fields(of: file))
    tokenizer = try CLIPTokenizer(files)
    imageProcessor = try CLIPImageProcessor(files)
    embeddingSize = configuration.projectionDim
    originalName = configuration.name
    let weights = try files.weights()
    textModel = try CLIPTextModel(
      weights.text_model, configuration.text, file: files.path(of: file))
    visionModel = try CLIPVisionModel(weights.vision_model, configuration.vision)
    textProjection = try Linear(
      weights.text_projection, configuration.text.encoder.hiddenSize, configuration.projectionDim, bias: false
    )
    visualProjection = try Linear(
      weights.visual_projection, configuration.vision.encoder.hiddenSize, configuration.projectionDim,
      bias: false)
    logitScale = weights.has("logit_scale") ? try weights.tensor("logit_scale", []).values[0] : nil
    // Position ids are what they count.
    try weights.requireAllUsed(
      ignoring: [
        "text_model.embeddings.position_ids", "vision_model.embeddings.position_ids",
      ])
    try textModel.requireFits(tokenizer)
    let size = configuration.vision.imageSize
    guard let output = imageProcessor.outputSize, output == (size, size) else {
      let found = imageProcessor.outputSize.map { "\($0.width)x\($0.height)" } ?? "various sizes"
      throw .badConfiguration(
        path: files.path(of: CLIPImageProcessor.file(in: files)), field: "crop_size",
        reason: "the image processor gives pictures of \(found), the vision model takes \(size)x\(size)")
    }
  }

  /// A name for exactly these weights, configurations and vocabularies, see `LoadedFiles`.
  package var fingerprint: String {
    get throws(CheckpointError) { try files.fingerprint }
  }

  /// The projected embedding of `text`, of length 1. What lies beyond the tokenizer's
  /// length is not seen (see ``CLIPTokenizer/isTruncated(_:)``).
  /// - Throws: `NotFiniteError` when the model's numbers are useless.
  package func embed(text: String) throws(NotFiniteError) -> [Float] {
    try textProjection(textModel([tokenizer.encode(text)]).pooled).rowsNormalized()
      .requireFinite(from: "CLIP text encoder").values
  }

  /// The projected embedding of `image`, of length 1.
  /// - Throws: `NotFiniteError` when the model's numbers are useless.
  package func embed(image: RGBImage) throws(NotFiniteError) -> [Float] {
    try visualProjection(visionModel(imageProcessor(image)).pooled).rowsNormalized()
      .requireFinite(from: "CLIP image encoder").values
  }

  /// What the model multiplies a cosine by to say which of several pictures suits a text best (transformers'
  /// `logits_per_text`), which is what PickScore calls its score (Kirstain et al. 2023).
  /// - Throws: ``CheckpointError`` when its file has no tensor `logit_scale`.
  package func preferenceScale() throws(CheckpointError) -> Double {
    guard let logitScale, logitScale.isFinite else {
      throw .badConfiguration(
        path: files.path, field: "logit_scale",
        reason: "is missing or no number: a preference model has a scale of its own")
    }
    return exp(Double(logitScale))
  }

  /// What the folder was trained from, or is called, as far as its `config.json` says.
  package let originalName: String?

  /// The CLIP score of two embeddings, 100 times their cosine (Hessel et al. 2021 without
  /// the cut at 0): of a text and a picture how well it shows it, of two pictures how
  /// alike they are.
  package static func score(_ a: [Float], _ b: [Float]) -> Double {
    precondition(a.count == b.count, "embeddings of \(a.count) and \(b.count) values")
    func product(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return 100 * product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }
}
