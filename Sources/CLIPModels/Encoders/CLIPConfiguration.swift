/// The `text_config` and `vision_config` of a CLIP folder.
///
/// What a `config.json` leaves out has the value that transformers' configuration
/// classes give it.
public struct CLIPConfiguration: Decodable, Sendable {
  public let text: CLIPTextConfiguration
  public let vision: CLIPVisionConfiguration
  /// Width of the space that texts and images share.
  public let projectionDim: Int

  private enum CodingKeys: String, CodingKey {
    case text = "text_config"
    case vision = "vision_config"
    case legacyText = "text_config_dict"
    case legacyVision = "vision_config_dict"
    case projectionDim = "projection_dim"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    // The first published folders hold both forms; transformers lets the older one win.
    text =
      try fields.decodeIfPresent(CLIPTextConfiguration.self, forKey: .legacyText)
      ?? fields.decode(CLIPTextConfiguration.self, forKey: .text)
    vision =
      try fields.decodeIfPresent(CLIPVisionConfiguration.self, forKey: .legacyVision)
      ?? fields.decode(CLIPVisionConfiguration.self, forKey: .vision)
    projectionDim = try fields.decodeIfPresent(Int.self, forKey: .projectionDim) ?? 512
  }
}

/// transformers' `CLIPTextConfig`: also the `config.json` of a `text_encoder` folder.
public struct CLIPTextConfiguration: Decodable, Sendable {
  public let encoder: CLIPEncoderConfiguration
  public let vocabSize: Int
  public let maxPositionEmbeddings: Int
  /// Where the text is pooled; 2 is the historic value that means "at the largest id".
  public let eosTokenID: Int

  private enum CodingKeys: String, CodingKey {
    case vocabSize = "vocab_size"
    case maxPositionEmbeddings = "max_position_embeddings"
    case eosTokenID = "eos_token_id"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    encoder = try CLIPEncoderConfiguration(
      from: decoder, hiddenSize: 512, intermediateSize: 2048, attentionHeads: 8)
    vocabSize = try fields.decodeIfPresent(Int.self, forKey: .vocabSize) ?? 49408
    maxPositionEmbeddings = try fields.decodeIfPresent(Int.self, forKey: .maxPositionEmbeddings) ?? 77
    eosTokenID = try fields.decodeIfPresent(Int.self, forKey: .eosTokenID) ?? 49407
  }
}

/// transformers' `CLIPVisionConfig`.
public struct CLIPVisionConfiguration: Decodable, Sendable {
  public let encoder: CLIPEncoderConfiguration
  public let channels: Int
  public let imageSize: Int
  public let patchSize: Int

  private enum CodingKeys: String, CodingKey {
    case channels = "num_channels"
    case imageSize = "image_size"
    case patchSize = "patch_size"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    encoder = try CLIPEncoderConfiguration(
      from: decoder, hiddenSize: 768, intermediateSize: 3072, attentionHeads: 12)
    channels = try fields.decodeIfPresent(Int.self, forKey: .channels) ?? 3
    imageSize = try fields.decodeIfPresent(Int.self, forKey: .imageSize) ?? 224
    patchSize = try fields.decodeIfPresent(Int.self, forKey: .patchSize) ?? 32
    guard channels == 3 else {
      throw DecodingError.dataCorruptedError(
        forKey: .channels, in: fields, debugDescription: "is \(channels), pictures have 3")
    }
    guard patchSize > 0, imageSize >= patchSize else {
      throw DecodingError.dataCorruptedError(
        forKey: .patchSize, in: fields,
        debugDescription: "is \(patchSize), expected 1 to image_size (\(imageSize))")
    }
  }
}

/// What the encoders of both towers are built from.
public struct CLIPEncoderConfiguration: Sendable {
  /// The non-linearity inside each layer's MLP.
  public enum Activation: String, Decodable, Sendable, CaseIterable {
    case quickGELU = "quick_gelu"
    case gelu
  }

  public let hiddenSize: Int
  public let intermediateSize: Int
  public let hiddenLayers: Int
  public let attentionHeads: Int
  public let activation: Activation
  public let layerNormEpsilon: Float

  private enum CodingKeys: String, CodingKey {
    case hiddenSize = "hidden_size"
    case intermediateSize = "intermediate_size"
    case hiddenLayers = "num_hidden_layers"
    case attentionHeads = "num_attention_heads"
    case activation = "hidden_act"
    case layerNormEpsilon = "layer_norm_eps"
  }

  /// The widths and the number of heads are the defaults of the tower in question.
  init(from decoder: any Decoder, hiddenSize: Int, intermediateSize: Int, attentionHeads: Int) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self.hiddenSize = try fields.decodeIfPresent(Int.self, forKey: .hiddenSize) ?? hiddenSize
    self.intermediateSize =
      try fields.decodeIfPresent(Int.self, forKey: .intermediateSize) ?? intermediateSize
    self.hiddenLayers = try fields.decodeIfPresent(Int.self, forKey: .hiddenLayers) ?? 12
    self.attentionHeads = try fields.decodeIfPresent(Int.self, forKey: .attentionHeads) ?? attentionHeads
    layerNormEpsilon = try fields.decodeIfPresent(Float.self, forKey: .layerNormEpsilon) ?? 1e-5
    let name = try fields.decodeIfPresent(String.self, forKey: .activation) ?? "quick_gelu"
    guard let activation = Activation(rawValue: name) else {
      let known = Activation.allCases.map { "'\($0.rawValue)'" }.joined(separator: " and ")
      throw DecodingError.dataCorruptedError(
        forKey: .activation, in: fields, debugDescription: "is '\(name)'; supported are \(known)")
    }
    self.activation = activation
    guard self.attentionHeads > 0, self.hiddenSize % self.attentionHeads == 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .attentionHeads, in: fields,
        debugDescription: "\(self.attentionHeads) heads do not divide hidden_size (\(self.hiddenSize))")
    }
  }
}
