package import Checkpoints

/// The `text_config` and `vision_config` of a CLIP folder.
///
/// What a `config.json` leaves out has the value that transformers' configuration
/// classes give it.
package struct CLIPConfiguration: Sendable {
  package let text: CLIPTextConfiguration
  package let vision: CLIPVisionConfiguration
  /// Width of the space that texts and images share.
  package let projectionDim: Int
  /// `_name_or_path`: what it was trained from.
  let name: String?

  /// - Throws: `CheckpointError` naming the field that is not supported or contradicts another.
  package init(_ fields: ConfigurationFields) throws(CheckpointError) {
    try fields.require(["model_type": [.string("clip")]])
    name = try fields.text("_name_or_path")
    // The first published folders hold both forms; transformers lets the older one win.
    func tower(_ name: String) throws(CheckpointError) -> ConfigurationFields {
      let current = try fields.object(name)
      guard let tower = try fields.object(name + "_dict") ?? current else {
        throw fields.error(name, "is missing; is this the config.json of a whole CLIP model?")
      }
      return tower
    }
    text = try CLIPTextConfiguration(tower("text_config"))
    vision = try CLIPVisionConfiguration(tower("vision_config"))
    projectionDim = try fields.whole("projection_dim", .width) ?? 512
    try fields.requireAllKnown(withoutEffect: CLIPEncoderConfiguration.withoutEffect)
  }
}

/// transformers' `CLIPTextConfig`: also the `config.json` of a `text_encoder` folder.
package struct CLIPTextConfiguration: Sendable {
  package let encoder: CLIPEncoderConfiguration
  package let vocabSize: Int
  package let maxPositionEmbeddings: Int
  /// Where the text is pooled; 2 is the historic value that means "at the largest id".
  package let eosTokenID: Int
  /// Width of the space that a projection behind the model, if there is one, leads to.
  package let projectionDim: Int

  /// - Parameter files: a `text_encoder` folder
  /// - Throws: `CheckpointError` naming the field that is not supported or contradicts another.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    try self.init(files.fields(of: "config.json"))
  }

  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    try fields.require(["model_type": [.string("clip_text_model")]])
    encoder = try CLIPEncoderConfiguration(
      fields, hiddenSize: 512, intermediateSize: 2048, attentionHeads: 8)
    vocabSize = try fields.whole("vocab_size", .tokens) ?? 49408
    maxPositionEmbeddings =
      try fields.whole("max_position_embeddings", Quantity("positions", 2...65_536)) ?? 77
    eosTokenID = try fields.whole("eos_token_id", .tokenID) ?? 49407
    projectionDim = try fields.whole("projection_dim", .width) ?? 512
    try fields.requireAllKnown(withoutEffect: CLIPEncoderConfiguration.withoutEffect)
  }
}

/// transformers' `CLIPVisionConfig`.
package struct CLIPVisionConfiguration: Sendable {
  package let encoder: CLIPEncoderConfiguration
  package let channels: Int
  package let imageSize: Int
  package let patchSize: Int

  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    try fields.require(["model_type": [.string("clip_vision_model")]])
    encoder = try CLIPEncoderConfiguration(
      fields, hiddenSize: 768, intermediateSize: 3072, attentionHeads: 12)
    channels = try fields.whole("num_channels", Quantity("the channels of a picture", 3...3)) ?? 3
    imageSize = try fields.whole("image_size", .pixels) ?? 224
    patchSize = try fields.whole("patch_size", .pixels) ?? 32
    guard imageSize >= patchSize else {
      throw fields.error("patch_size", "is \(patchSize), expected 1 to image_size (\(imageSize))")
    }
    try fields.requireAllKnown(withoutEffect: CLIPEncoderConfiguration.withoutEffect)
  }
}
