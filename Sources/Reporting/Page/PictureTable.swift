import ResultStore

/// Everything the page says of single pictures, and what else is stored of them, as a table with a row per picture:
/// unrounded, empty where there is nothing.
enum PictureTable {
  /// One picture of a run.
  private struct Entry {
    let contents: RunContents
    let index: SampleIndex
    let prompt: PromptRecord
    let variant: VariantRecord
    let seed: Int
    let sample: SampleRecord?
    let baseline: SampleRecord?

    var change: Double? {
      guard !variant.isBaseline, let after = index.score(.clipScore, of: sample),
        let before = index.score(.clipScore, of: baseline)
      else { return nil }
      return after - before
    }
  }

  private struct Column {
    let title: String
    var isText = false
    let text: (Entry) -> String

    init(_ title: String, isText: Bool = false, _ text: @escaping (Entry) -> String) {
      (self.title, self.isText, self.text) = (title, isText, text)
    }

    static func number(_ title: String, _ value: @escaping (Entry) -> Double?) -> Column {
      Column(title) { entry in value(entry).map { "\($0)" } ?? "" }
    }

    static func flag(_ title: String, _ value: @escaping (VariantRecord) -> Bool) -> Column {
      Column(title) { value($0.variant) ? "1" : "0" }
    }
  }

  static func table(_ runs: [RunContents]) -> TextTable {
    TextTable(
      columns: columns.map { .init(title: $0.title, isText: $0.isText) },
      rows: runs.flatMap { contents in
        entries(contents).map { entry in columns.map { $0.text(entry) } }
      })
  }

  private static func entries(_ contents: RunContents) -> [Entry] {
    let index = SampleIndex(contents)
    let baseline = contents.variants.first(where: \.isBaseline)
    return contents.prompts.flatMap { prompt in
      contents.run.settings.seeds.flatMap { seed in
        let reference = baseline.flatMap { index.sample(prompt, $0, seed: seed) }
        return contents.variants.map { variant in
          Entry(
            contents: contents, index: index, prompt: prompt, variant: variant, seed: seed,
            sample: index.sample(prompt, variant, seed: seed), baseline: reference)
        }
      }
    }
  }

  private static var columns: [Column] {
    let place = [
      Column("run", isText: true) { $0.contents.run.name },
      Column("prompt_row") { "\($0.prompt.row)" },
      Column("prompt", isText: true) { $0.prompt.text },
      Column("category", isText: true) { $0.prompt.category ?? "" },
      Column("challenge", isText: true) { $0.prompt.challenge ?? "" },
      Column("subset", isText: true) { $0.prompt.subset ?? "" },
      Column("seed") { "\($0.seed)" },
    ]
    let variant = [
      Column("variant", isText: true) { $0.variant.label },
      .number("ratio") { $0.variant.ratio }, .number("effective_ratio") { $0.variant.effectiveRatio },
      .flag("is_baseline", \.isBaseline),
      Column("merge_variant", isText: true) { $0.variant.mergeVariant },
      Column("max_downsample") { "\($0.variant.maxDownsample)" },
      Column("sx") { "\($0.variant.sx)" }, Column("sy") { "\($0.variant.sy)" },
      .flag("use_rand", \.useRand), .flag("merge_attn", \.mergeAttn),
      .flag("merge_crossattn", \.mergeCrossattn), .flag("merge_mlp", \.mergeMlp),
      Column("steps") { "\($0.variant.steps ?? $0.contents.run.settings.steps)" },
    ]
    let outcome = [
      Column("state") { ($0.sample?.state ?? .pending).rawValue },
      Column("error", isText: true) { $0.sample?.error ?? "" },
      .number("seconds") { $0.sample?.seconds },
      .number("seconds_per_step") { $0.sample?.secondsPerStep },
      .number("seconds_text") { $0.sample?.stageSeconds?.text },
      .number("seconds_denoise") { $0.sample?.stageSeconds?.denoise },
      .number("seconds_decode") { $0.sample?.stageSeconds?.decode },
      .number("seconds_write") { $0.sample?.stageSeconds?.write },
      Column("peak_memory_bytes") { $0.sample?.peakMemoryBytes.map { "\($0)" } ?? "" },
      Column("identical") { entry in
        guard !entry.variant.isBaseline, entry.sample?.state == .done else { return "" }
        return entry.index.isIdentical(entry.sample) ? "1" : "0"
      },
      .number("clip_score_change", \.change),
    ]
    let scores = ScoreMetric.allCases.map { metric in
      Column.number(metric.rawValue) { $0.index.score(metric, of: $0.sample) }
    }
    let merging = ["tokens_kept", "mean_similarity", "minimum_similarity"].map { key in
      Column.number("merging_\(key)") { $0.sample?.mergeStatistics?[key] }
    }
    let files = [
      Column("image", isText: true) { $0.sample?.imagePath ?? "" },
      Column("image_sha256", isText: true) { $0.sample?.imageHash ?? "" },
    ]
    return place + variant + outcome + scores + merging + files
  }
}
