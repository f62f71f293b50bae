import Pictures
import TokenMerging

/// A column of a manifest: the names it goes by, and what its texts say.
struct FactColumn {
  /// The first is the one that messages use.
  let names: [String]
  /// Nil for a text that is none of its values.
  let read: @Sendable (String, inout PictureFacts) -> Void?
  /// The values it takes, for messages.
  let expected: String

  static let path = "path"

  /// All but the path.
  static let all: [FactColumn] = [
    text(["prompt"], \.prompt), text(["negative_prompt", "negative"], \.negativePrompt),
    FactColumn(names: ["seed"], expected: "a whole number from 0 to 2^64-1") { text, facts in
      Seed(text).map { facts.seed = $0 }
    },
    number(["ratio", "token_merging_ratio", "tome_ratio"], in: 0...1, \.ratio),
    integer(["steps", "num_inference_steps"], from: 1, \.steps),
    number(["guidance_scale", "cfg_scale", "cfg"], in: 0...1000, \.guidanceScale),
    FactColumn(names: ["scheduler", "sampler"], expected: "a name") { text, facts in
      facts.scheduler = SchedulerName(rawValue: text)
    },
    FactColumn(names: ["precision", "dtype"], expected: "a name") { text, facts in
      facts.precision = PrecisionName(rawValue: text)
    },
    integer(["clip_skip"], from: 0, \.clipSkip),
    text(["model", "model_name"], \.modelName), text(["model_hash"], \.modelHash),
    FactColumn(names: ["size"], expected: "as in 512x512") { text, facts in
      PictureSize(text).map { facts.size = $0 }
    },
    FactColumn(names: ["seconds", "time"], expected: "a number above 0") { text, facts in
      Double(text).flatMap { (1e-9...1e9).contains($0) ? $0 : nil }.map { facts.seconds = $0 }
    },
    integer(["row"], from: 0, \.row), text(["category"], \.category), text(["challenge"], \.challenge),
    option(["merge_variant"], expected: MergeVariant.allCases.map(\.rawValue).joined(separator: ", ")) {
      text, options in
      MergeVariant(rawValue: text).map { options.variant = $0 }
    },
    option(["sx"], expected: "1 or more") { text, options in count(text).map { options.sx = $0 } },
    option(["sy"], expected: "1 or more") { text, options in count(text).map { options.sy = $0 } },
    option(["max_downsample"], expected: "1, 2, 4 or 8") { text, options in
      count(text).flatMap { [1, 2, 4, 8].contains($0) ? $0 : nil }.map { options.maxDownsample = $0 }
    },
    flag(["use_rand"], \.useRand), flag(["merge_attn"], \.mergeAttn),
    flag(["merge_crossattn"], \.mergeCrossattn), flag(["merge_mlp"], \.mergeMlp),
  ]

  /// The one that goes by a name, however it is written: `CFG Scale` is `cfg_scale`.
  static func named(_ title: String) -> FactColumn? {
    let name = canonical(title)
    return all.first { $0.names.contains(name) }
  }

  static func canonical(_ title: String) -> String {
    title.lowercased().split { $0.isWhitespace || $0 == "-" || $0 == "_" }.joined(separator: "_")
  }

  private init(
    names: [String], expected: String, read: @escaping @Sendable (String, inout PictureFacts) -> Void?
  ) {
    self.names = names
    self.expected = expected
    self.read = read
  }

  private static func text(
    _ names: [String], _ path: any WritableKeyPath<PictureFacts, String?> & Sendable
  ) -> FactColumn {
    FactColumn(names: names, expected: "a text") { text, facts in facts[keyPath: path] = text }
  }

  private static func integer(
    _ names: [String], from least: Int, _ path: any WritableKeyPath<PictureFacts, Int?> & Sendable
  ) -> FactColumn {
    FactColumn(names: names, expected: "a whole number from \(least)") { text, facts in
      Int(text).flatMap { $0 >= least ? $0 : nil }.map { facts[keyPath: path] = $0 }
    }
  }

  private static func number(
    _ names: [String], in range: ClosedRange<Double>,
    _ path: any WritableKeyPath<PictureFacts, Double?> & Sendable
  ) -> FactColumn {
    let ends = range.upperBound < 1e6 ? " to \(Int(range.upperBound))" : ""
    return FactColumn(names: names, expected: "a number from \(Int(range.lowerBound))\(ends)") {
      text, facts in
      Double(text).flatMap { range.contains($0) ? $0 : nil }.map { facts[keyPath: path] = $0 }
    }
  }

  private static func option(
    _ names: [String], expected: String,
    _ read: @escaping @Sendable (String, inout MergingOptions) -> Void?
  ) -> FactColumn {
    FactColumn(names: names, expected: expected) { text, facts in
      var options = facts.merging ?? MergingOptions()
      guard read(text, &options) != nil else { return nil }
      facts.merging = options
      return ()
    }
  }

  private static func flag(
    _ names: [String], _ path: any WritableKeyPath<MergingOptions, Bool> & Sendable
  ) -> FactColumn {
    option(names, expected: "true or false") { text, options in
      ["true": true, "yes": true, "1": true, "false": false, "no": false, "0": false][text.lowercased()]
        .map { options[keyPath: path] = $0 }
    }
  }

  private static func count(_ text: String) -> Int? {
    Int(text).flatMap { (1...32768).contains($0) ? $0 : nil }
  }
}
