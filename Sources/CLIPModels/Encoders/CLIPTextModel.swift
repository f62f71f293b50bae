package import Checkpoints
import Layers
package import Tensors

/// What CLIP's text encoder makes of texts.
package struct CLIPTextOutput: Sendable {
  /// After the last layer and the final layer norm, `[batch, tokens, width]`.
  package let lastHiddenState: Tensor
  /// What went into the first layer and what came out of every one, without the final layer norm,
  /// `[batch, tokens, width]`: transformers' `hidden_states`.
  package let hiddenStates: [Tensor]
  /// Of them the one before the last.
  package var penultimateHiddenState: Tensor { hiddenStates[hiddenStates.count - 2] }
  /// Of the last hidden state the row at each text's end token, `[batch, width]`.
  package fileprivate(set) var pooled: Tensor

  func pooled(_ change: (Tensor) -> Tensor) -> CLIPTextOutput {
    var output = self
    output.pooled = change(pooled)
    return output
  }
}

/// CLIP's causal text encoder: what conditions the UNet, and the text half of the CLIP
/// score (Radford et al. 2021; transformers' `CLIPTextModel`).
package struct CLIPTextModel: Sendable {
  package let configuration: CLIPTextConfiguration
  private var tokenEmbedding: Embedding
  private let positionEmbedding: Embedding
  private let encoder: CLIPEncoder
  private let finalLayerNorm: LayerNorm
  /// The configuration's, for messages.
  private let file: String

  /// The model of a `text_encoder` folder: `config.json` and its weights, with their keys
  /// below `text_model.` or not.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault; every tensor of
  ///   the file must have its place.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try CLIPTextConfiguration(files)
    let weights = try files.weights()
    try self.init(nestedIn: weights, configuration, files)
    try weights.requireAllUsed(ignoring: Self.positionIDs + ["text_projection.weight"])
  }

  /// What they are follows from their place.
  static let positionIDs = ["text_model.embeddings.position_ids", "embeddings.position_ids"]

  /// The model of a folder with perhaps more in it than a text model.
  init(
    nestedIn weights: Weights, _ configuration: CLIPTextConfiguration, _ files: any ModelFiles
  ) throws(CheckpointError) {
    let isNested = weights.text_model.embeddings.token_embedding.has("weight")
    try self.init(
      isNested ? weights.text_model : weights, configuration, file: files.path(of: "config.json"))
  }

  init(
    _ weights: Weights, _ configuration: CLIPTextConfiguration, file: String
  ) throws(CheckpointError) {
    self.file = file
    self.configuration = configuration
    let (shape, embeddings) = (configuration.encoder, weights.embeddings)
    tokenEmbedding = try Embedding(
      embeddings.token_embedding, count: configuration.vocabSize, width: shape.hiddenSize)
    positionEmbedding = try Embedding(
      embeddings.position_embedding, count: configuration.maxPositionEmbeddings, width: shape.hiddenSize)
    encoder = try CLIPEncoder(weights.encoder, shape)
    finalLayerNorm = try LayerNorm(
      weights.final_layer_norm, shape.hiddenSize, epsilon: shape.layerNormEpsilon)
  }

  /// The model with an embedding for more ids.
  /// - Parameters:
  ///   - rows: `[count, width]`
  ///   - first: the id of the first of them; rows that the model has there are replaced
  package func adding(_ rows: Tensor, from first: Int) -> CLIPTextModel {
    var model = self
    model.tokenEmbedding = tokenEmbedding.replacing(rows, from: first)
    return model
  }

  /// Fails unless every id and every length that `tokenizer` gives has its embedding.
  package func requireFits(_ tokenizer: CLIPTokenizer) throws(CheckpointError) {
    guard tokenizer.vocabularySize <= configuration.vocabSize else {
      throw .badConfiguration(
        path: file, field: "vocab_size",
        reason: "is \(configuration.vocabSize), the tokenizer beside it has \(tokenizer.vocabularySize) "
          + "tokens; do both belong to one model?")
    }
    guard tokenizer.modelMaxLength <= configuration.maxPositionEmbeddings else {
      throw .badConfiguration(
        path: file, field: "max_position_embeddings",
        reason: "is \(configuration.maxPositionEmbeddings), the tokenizer beside it pads to "
          + "\(tokenizer.modelMaxLength); do both belong to one model?")
    }
  }

  /// - Parameter ids: texts of one length, start and end token included.
  package func callAsFunction(_ ids: [[Int]]) -> CLIPTextOutput {
    let (batch, length, width) = (ids.count, ids.first?.count ?? 0, configuration.encoder.hiddenSize)
    precondition(
      length > 0 && length <= configuration.maxPositionEmbeddings && ids.allSatisfy { $0.count == length },
      "texts of \(ids.map(\.count)) tokens; all must have one length up to "
        + "\(configuration.maxPositionEmbeddings)")
    let positions = ids.flatMap(\.indices)
    let embedded = tokenEmbedding(ids.flatMap(\.self)) + positionEmbedding(positions)
    let states = encoder.hiddenStates(embedded.reshaped([batch, length, width]), causal: true)
    let hidden = normalized(states[states.count - 1])
    return CLIPTextOutput(
      lastHiddenState: hidden, hiddenStates: states, pooled: hidden.tokens(at: ids.map(endPosition)))
  }

  /// The final layer norm of hidden states, of any layer.
  package func normalized(_ states: Tensor) -> Tensor { finalLayerNorm(states) }

  /// Where a text is pooled: at its first end token. Checkpoints from before the end
  /// token was configured right say 2, which stands for the largest id.
  private func endPosition(_ ids: [Int]) -> Int {
    let end = configuration.eosTokenID == 2 ? ids.max() : configuration.eosTokenID
    return ids.firstIndex { $0 == end } ?? 0
  }
}
