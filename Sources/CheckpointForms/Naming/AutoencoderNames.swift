/// The naming of latent diffusion's `Encoder` and `Decoder`, whose levels are numbered from the finest; diffusers
/// numbers the decoder's from the coarsest.
enum AutoencoderNames {
  /// - Parameter names: of all tensors of the autoencoder
  static func rules(_ names: some Sequence<String>) -> [NameRule] {
    let finest =
      names.compactMap { $0.wholeMatch(of: /decoder\.up\.(\d+)\..*/).flatMap { Int($0.1) } }.max() ?? 0
    let up = (0...finest).flatMap { level in
      let (from, to) = ("decoder.up.\(level)", "decoder.up_blocks.\(finest - level)")
      return [
        NameRule("\(from).block.#", "\(to).resnets.#", inside: resnet),
        NameRule("\(from).upsample.conv", "\(to).upsamplers.0.conv"),
      ]
    }
    return up + [
      NameRule("encoder.down.#.block.#", "encoder.down_blocks.#.resnets.#", inside: resnet),
      NameRule("encoder.down.#.downsample.conv", "encoder.down_blocks.#.downsamplers.0.conv"),
    ] + ["encoder", "decoder"].flatMap(middle)
  }

  private static func middle(_ side: String) -> [NameRule] {
    [
      NameRule("\(side).mid.block_1", "\(side).mid_block.resnets.0", inside: resnet),
      NameRule("\(side).mid.attn_1", "\(side).mid_block.attentions.0", inside: attention),
      NameRule("\(side).mid.block_2", "\(side).mid_block.resnets.1", inside: resnet),
      NameRule("\(side).norm_out", "\(side).conv_norm_out"),
    ]
  }

  private static let resnet = [NameRule("nin_shortcut", "conv_shortcut")]

  private static let attention = [
    NameRule("norm", "group_norm"), NameRule("q", "to_q", change: .flattened),
    NameRule("k", "to_k", change: .flattened), NameRule("v", "to_v", change: .flattened),
    NameRule("proj_out", "to_out.0", change: .flattened),
  ]
}
