extension UNetNames {
  /// The rules back: what the training code calls the layers that diffusers numbers within each resolution.
  /// - Parameter layers: of a UNet, in diffusers' naming
  static func originalRules(_ layers: some Sequence<String>) -> [NameRule] {
    let blocks = Blocks(layers)
    return way(blocks.down, "down_blocks", to: "input_blocks", from: 1, resampler: ("downsamplers", "op"))
      + way(blocks.up, "up_blocks", to: "output_blocks", from: 0, resampler: ("upsamplers", "conv"))
      + fixed.map(\.inverse)
  }

  /// What the resolutions on one way consist of.
  private struct Level {
    /// By their numbers.
    var resnets: Set<Int> = []
    var attentions: Set<Int> = []
    var hasResampler = false
  }

  private struct Blocks {
    var down: [Int: Level] = [:]
    var up: [Int: Level] = [:]

    init(_ layers: some Sequence<String>) {
      for layer in layers {
        let parts = layer.split(separator: ".")
        guard parts.count > 3, let level = Int(parts[1]), let index = Int(parts[3]) else { continue }
        switch parts[0] {
        case "down_blocks": Self.note(parts[2], index, in: &down[level, default: Level()])
        case "up_blocks": Self.note(parts[2], index, in: &up[level, default: Level()])
        default: continue
        }
      }
    }

    private static func note(_ kind: Substring, _ index: Int, in level: inout Level) {
      switch kind {
      case "resnets": level.resnets.insert(index)
      case "attentions": level.attentions.insert(index)
      default: level.hasResampler = true
      }
    }
  }

  /// - Parameters:
  ///   - first: number of the block that the way begins with
  ///   - resampler: what changes the resolution: its place in diffusers, and its name in the training code
  private static func way(
    _ levels: [Int: Level], _ side: String, to target: String, from first: Int,
    resampler: (place: String, name: String)
  ) -> [NameRule] {
    var rules: [NameRule] = []
    var block = first
    for (number, level) in levels.sorted(by: { $0.key < $1.key }) {
      let from = "\(side).\(number)"
      for index in level.resnets.sorted() {
        rules.append(
          NameRule("\(from).resnets.\(index)", "\(target).\(block).0", inside: resnet.map(\.inverse)))
        rules.append(NameRule("\(from).attentions.\(index)", "\(target).\(block).1"))
        block += 1
      }
      guard level.hasResampler else { continue }
      // On the way up it is the last layer of the block before it, on the way down a block of its own.
      let place = resampler.name == "op" ? "\(block).0" : "\(block - 1).\(level.attentions.isEmpty ? 1 : 2)"
      rules.append(
        NameRule(
          "\(from).\(resampler.place).0.conv", "\(target).\(place).\(resampler.name)"))
      if resampler.name == "op" { block += 1 }
    }
    return rules
  }
}
