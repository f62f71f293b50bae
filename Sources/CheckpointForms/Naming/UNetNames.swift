/// The naming of `UNetModel`, the UNet of latent diffusion's training code (CompVis, Stability AI).
///
/// It numbers its blocks through, be they layers or changes of resolution; diffusers numbers the layers of each
/// resolution. Which block is which, the names of its layers tell.
enum UNetNames {
  /// - Parameter names: of all tensors of the UNet
  static func rules(_ names: some Sequence<String>) -> [NameRule] {
    let blocks = blocks(names)
    return ways(blocks["input_blocks"] ?? [:], "input_blocks", down: true)
      + ways(blocks["output_blocks"] ?? [:], "output_blocks", down: false) + fixed
  }

  static let fixed = [
    NameRule("input_blocks.0.0", "conv_in"),
    NameRule("time_embed.0", "time_embedding.linear_1"), NameRule("time_embed.2", "time_embedding.linear_2"),
    NameRule("label_emb.0.0", "add_embedding.linear_1"), NameRule("label_emb.0.2", "add_embedding.linear_2"),
    NameRule("middle_block.0", "mid_block.resnets.0", inside: resnet),
    NameRule("middle_block.1", "mid_block.attentions.0"),
    NameRule("middle_block.2", "mid_block.resnets.1", inside: resnet),
    NameRule("out.0", "conv_norm_out"), NameRule("out.2", "conv_out"),
  ]

  static let resnet = [
    NameRule("in_layers.0", "norm1"), NameRule("in_layers.2", "conv1"),
    NameRule("emb_layers.1", "time_emb_proj"),
    NameRule("out_layers.0", "norm2"), NameRule("out_layers.3", "conv2"),
    NameRule("skip_connection", "conv_shortcut"),
  ]

  /// What a block consists of, each by its number in the block.
  private struct Block {
    var resnet: Substring?
    var transformer: Substring?
    /// Changes the resolution: `op` on the way down, `conv` on the way up.
    var resampler: (place: Substring, name: Substring)?
  }

  private static func blocks(_ names: some Sequence<String>) -> [Substring: [Int: Block]] {
    var blocks: [Substring: [Int: Block]] = [:]
    for name in names {
      let parts = name.split(separator: ".")
      guard parts.count > 4, let index = Int(parts[1]) else { continue }
      switch parts[3] {
      case "in_layers": blocks[parts[0], default: [:]][index, default: Block()].resnet = parts[2]
      case "transformer_blocks":
        blocks[parts[0], default: [:]][index, default: Block()].transformer = parts[2]
      case "op", "conv":
        blocks[parts[0], default: [:]][index, default: Block()].resampler = (parts[2], parts[3])
      default: continue
      }
    }
    return blocks
  }

  /// The rules of the blocks on the way down or up.
  private static func ways(_ blocks: [Int: Block], _ side: String, down: Bool) -> [NameRule] {
    let (target, resampler) = down ? ("down_blocks", "downsamplers") : ("up_blocks", "upsamplers")
    var rules: [NameRule] = []
    var (level, layer) = (0, 0)
    for (index, block) in blocks.sorted(by: { $0.key < $1.key }) {
      let (from, to) = ("\(side).\(index)", "\(target).\(level)")
      if let (place, name) = block.resampler {
        rules.append(NameRule("\(from).\(place).\(name)", "\(to).\(resampler).0.conv"))
      }
      if let place = block.resnet {
        rules.append(NameRule("\(from).\(place)", "\(to).resnets.\(layer)", inside: resnet))
      }
      if let place = block.transformer {
        rules.append(NameRule("\(from).\(place)", "\(to).attentions.\(layer)"))
      }
      layer += block.resnet == nil ? 0 : 1
      if block.resampler != nil { (level, layer) = (level + 1, 0) }
    }
    return rules
  }
}
