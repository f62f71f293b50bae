import CLIPModels
public import Checkpoints
public import Tensors

/// Turns texts into what steers the UNet: a pipeline's `tokenizer` and `text_encoder`.
public struct TextConditioner: Sendable {
  private let tokenizer: CLIPTokenizer
  private let encoder: CLIPTextModel

  /// - Parameter files: the pipeline's folder
  /// - Throws: ``CheckpointError`` naming the file and field or tensor at fault, also when the two do not fit.
  public init(_ files: any ModelFiles) throws(CheckpointError) {
    tokenizer = try CLIPTokenizer(files.component("tokenizer"))
    encoder = try CLIPTextModel(files.component("text_encoder"))
    try encoder.requireFits(tokenizer)
  }

  /// Width of the hidden states.
  var width: Int { encoder.configuration.encoder.hiddenSize }

  /// The words at the end of a text that the encoder does not take; nil when it takes all.
  func unread(_ text: String) -> String? { tokenizer.unread(text) }

  /// - Parameter texts: one for every row of the UNet's batch
  /// - Throws: ``NotFiniteError`` when the encoder's numbers are useless.
  public func callAsFunction(_ texts: [String]) throws(NotFiniteError) -> Conditioning {
    Conditioning(
      hiddenStates: try encoder(texts.map(tokenizer.encode)).lastHiddenState
        .requireFinite(from: "text encoder"),
      isTruncated: texts.contains(where: tokenizer.isTruncated))
  }
}
