import Checkpoints

extension UNet2DConditionModel.Configuration {
  /// Fails where fields contradict each other.
  /// - Throws: ``CheckpointError`` naming one of them.
  func validate(_ fields: ConfigurationFields) throws(CheckpointError) {
    try validateBlocks(fields)
    // The embedding of a timestep has a sine and a cosine for every two channels.
    guard blockOutChannels[0].isMultiple(of: 2) else {
      throw fields.error(
        "block_out_channels", "begins with \(blockOutChannels[0]), which is no even number")
    }
    guard Set(crossAttentionDim.all).count == 1 else {
      throw fields.error(
        "cross_attention_dim", "has several widths, but one text encoder feeds all levels")
    }
    let heads = (numAttentionHeads == nil ? "attention_head_dim" : "num_attention_heads", self.heads)
    for (field, list) in [
      ("layers_per_block", layersPerBlock), heads, ("cross_attention_dim", crossAttentionDim),
    ] {
      guard list.levels == nil || list.levels == levels else {
        throw fields.error(field, "\(list.levels ?? 0) values for \(levels) block_out_channels")
      }
    }
    for (level, channels) in blockOutChannels.enumerated() {
      guard channels % heads.1[level] == 0 else {
        throw fields.error(heads.0, "\(heads.1[level]) heads do not divide \(channels) channels")
      }
      guard channels % normNumGroups == 0 else {
        throw fields.error("norm_num_groups", "\(normNumGroups) groups do not divide \(channels) channels")
      }
      if attendsOnWayDown(level) {
        try transformerDepths.requireWayDown(level, layers: layersPerBlock[level], fields)
      }
      if attendsOnWayUp(level) {
        try transformerDepths.requireWayUp(level, layers: layersPerBlock[level] + 1, fields)
      }
    }
  }

  private func validateBlocks(_ fields: ConfigurationFields) throws(CheckpointError) {
    for (field, types, known) in [
      ("down_block_types", downBlockTypes, ["CrossAttnDownBlock2D", "DownBlock2D"]),
      ("up_block_types", upBlockTypes, ["CrossAttnUpBlock2D", "UpBlock2D"]),
    ] {
      guard types.count == levels else {
        throw fields.error(field, "\(types.count) blocks for \(levels) block_out_channels")
      }
      if let type = types.first(where: { !known.contains($0) }) {
        throw fields.error(field, "'\(type)' is not supported, only \(known.joined(separator: " and "))")
      }
    }
  }
}
