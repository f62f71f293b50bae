import CLIPModels
import Checkpoints
import Tensors

/// Turns texts into what steers the UNet: a pipeline's tokenizers and text encoders.
struct TextConditioner: Sendable {
  /// What of the encoders' outputs the UNet is given.
  private enum Encoders: Sendable {
    /// Stable Diffusion: the last hidden states of one.
    case one(CLIPTextModel)
    /// SDXL: the penultimate hidden states of both, side by side, and the second's pooled ones.
    case two(CLIPTextModel, CLIPTextModelWithProjection)
  }

  /// One for each encoder.
  private let tokenizers: [CLIPTokenizer]
  private let encoders: Encoders
  private let hasZerosForEmptyPrompt: Bool

  /// - Parameter files: the pipeline's folder
  /// - Throws: ``CheckpointError`` naming the file and field or tensor at fault, also when the parts do not fit.
  init(_ files: any ModelFiles, of pipeline: PipelineClass) throws(CheckpointError) {
    let tokenizer = try CLIPTokenizer(files.component("tokenizer"))
    let encoder = try CLIPTextModel(files.component("text_encoder"))
    try encoder.requireFits(tokenizer)
    hasZerosForEmptyPrompt = try pipeline.zerosForEmptyPrompt(files)
    guard pipeline == .stableDiffusionXL else {
      tokenizers = [tokenizer]
      encoders = .one(encoder)
      return
    }
    let second = try CLIPTokenizer(files.component("tokenizer_2"))
    let projecting = try CLIPTextModelWithProjection(files.component("text_encoder_2"))
    try projecting.textModel.requireFits(second)
    guard second.modelMaxLength == tokenizer.modelMaxLength else {
      throw .badConfiguration(
        path: files.path(of: "tokenizer_2/tokenizer_config.json"), field: "model_max_length",
        reason: "is \(second.modelMaxLength), that of the first tokenizer is \(tokenizer.modelMaxLength); "
          + "their encoders' states lie side by side")
    }
    tokenizers = [tokenizer, second]
    encoders = .two(encoder, projecting)
  }

  /// Width of the hidden states.
  var width: Int {
    switch encoders {
    case .one(let encoder): encoder.configuration.encoder.hiddenSize
    case .two(let first, let second):
      first.configuration.encoder.hiddenSize + second.textModel.configuration.encoder.hiddenSize
    }
  }

  /// Width of the pooled texts; nil where there are none.
  var pooledWidth: Int? {
    if case .two(_, let second) = encoders { second.textModel.configuration.projectionDim } else { nil }
  }

  /// The words at the end of a text that an encoder does not take; nil when all take all.
  func unread(_ text: String) -> String? { tokenizers.lazy.compactMap { $0.unread(text) }.first }

  /// - Parameters:
  ///   - prompt: what to steer to
  ///   - negativePrompt: what to steer away from, for a batch of two; nil for the prompt alone
  /// - Throws: ``NotFiniteError`` when an encoder's numbers are useless.
  func callAsFunction(
    _ prompt: String, negativePrompt: String?
  ) throws(NotFiniteError) -> Conditioning {
    let hasZeros = negativePrompt == "" && hasZerosForEmptyPrompt
    let texts = (hasZeros ? [] : negativePrompt.map { [$0] } ?? []) + [prompt]
    var (states, pooled) = encoded(texts)
    if hasZeros {
      states = .concatenating([Tensor(zeros: states.shape), states])
      pooled = pooled.map { .concatenating([Tensor(zeros: $0.shape), $0]) }
    }
    return Conditioning(
      hiddenStates: try states.requireFinite(from: "text encoder"),
      pooled: try pooled?.requireFinite(from: "text encoder"),
      isTruncated: tokenizers.contains { texts.contains(where: $0.isTruncated) })
  }

  private func encoded(_ texts: [String]) -> (states: Tensor, pooled: Tensor?) {
    switch encoders {
    case .one(let encoder):
      return (encoder(texts.map(tokenizers[0].encode)).lastHiddenState, nil)
    case .two(let first, let second):
      let outputs = (first(texts.map(tokenizers[0].encode)), second(texts.map(tokenizers[1].encode)))
      return (
        .concatenatingChannels(outputs.0.penultimateHiddenState, outputs.1.penultimateHiddenState),
        outputs.1.pooled
      )
    }
  }
}
