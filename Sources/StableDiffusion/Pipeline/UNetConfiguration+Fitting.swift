import Checkpoints

extension UNet2DConditionModel.Configuration {
  /// Fails unless the UNet belongs to the other parts of its pipeline.
  /// - Parameter file: the configuration's, for messages
  /// - Throws: ``CheckpointError`` naming the field at fault.
  func requireFits(
    _ text: TextConditioner, _ autoencoder: any Autoencoder, of pipeline: PipelineClass, file: String
  ) throws(CheckpointError) {
    func error(_ field: String, _ reason: String) -> CheckpointError {
      .badConfiguration(path: file, field: field, reason: reason)
    }
    guard inChannels == autoencoder.latentChannels else {
      throw error(
        "in_channels",
        "is \(inChannels), the autoencoder's latents have \(autoencoder.latentChannels) channels; models for "
          + "inpainting or editing are not supported")
    }
    guard outChannels == autoencoder.latentChannels else {
      throw error(
        "out_channels",
        "is \(outChannels), the autoencoder's latents have \(autoencoder.latentChannels) channels")
    }
    guard crossAttentionDim[0] == text.width else {
      throw error(
        "cross_attention_dim",
        "is \(crossAttentionDim[0]), the text encoder's width is \(text.width); do both belong to one model?")
    }
    guard textTime?.textWidth == text.pooledWidth else {
      throw error(
        "addition_embed_type",
        "asks for \(Self.pooled(textTime?.textWidth)), the text encoders of \(pipeline.rawValue) here give "
          + "\(Self.pooled(text.pooledWidth)); do both belong to one model?")
    }
    guard pipeline != .latentConsistency || timeCondProjDim != nil else {
      throw error(
        "time_cond_proj_dim",
        "is missing, but \(pipeline.rawValue) gives its UNet the guidance scale; do both belong to one model?"
      )
    }
  }

  private static func pooled(_ width: Int?) -> String {
    width.map { "pooled texts of \($0) values" } ?? "no pooled texts"
  }
}
