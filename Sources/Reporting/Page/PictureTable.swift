import Comparisons
import Metrics
import Pictures
import ResultStore
import TokenMerging
import Wording

/// Everything the page says of single pictures, and what else is stored of them, as a table with a row per picture:
/// unrounded, empty where there is nothing.
enum PictureTable {
  /// What all pictures of a run share.
  private struct Run {
    let contents: RunContents
    let index: SampleIndex
    let measures: [String: Measure]
    let clipScore: Measure?

    init(_ contents: RunContents) {
      self.contents = contents
      index = SampleIndex(contents)
      measures = Dictionary(contents.measures.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
      clipScore = contents.measure(.clipScore)
    }

    var entries: [Entry] {
      contents.prompts.flatMap { prompt in
        index.seeds(of: prompt).flatMap { seed in
          let baseline = contents.baseline.flatMap { index.sample(prompt, $0, seed: seed) }
          return contents.variants.map { variant in
            Entry(
              run: self, prompt: prompt, variant: variant, seed: seed,
              sample: index.sample(prompt, variant, seed: seed), baseline: baseline)
          }
        }
      }
    }
  }

  /// One picture of a run.
  private struct Entry {
    let run: Run
    let prompt: PromptRecord
    let variant: VariantRecord
    let seed: Seed
    let sample: SampleRecord?
    let baseline: SampleRecord?

    var merging: MergingOptions? { variant.recipe.merging }

    func score(_ key: String) -> Double? { run.index.score(run.measures[key], of: sample) }

    var change: Double? {
      guard !variant.isBaseline, let after = run.index.score(run.clipScore, of: sample),
        let before = run.index.score(run.clipScore, of: baseline)
      else { return nil }
      return after - before
    }
  }

  private struct Column {
    let title: String
    var isText = false
    let text: (Entry) -> String

    static func text(_ title: String, _ value: @escaping (Entry) -> String?) -> Column {
      Column(title: title, isText: true) { value($0) ?? "" }
    }

    static func number(_ title: String, _ value: @escaping (Entry) -> (some Numeric)?) -> Column {
      Column(title: title) { entry in value(entry).map { "\($0)" } ?? "" }
    }

    static func flag(_ title: String, _ value: @escaping (Entry) -> Bool?) -> Column {
      Column(title: title) { entry in value(entry).map { $0 ? "1" : "0" } ?? "" }
    }
  }

  static func table(_ runs: [RunContents]) -> TextTable {
    let columns = place + variant + outcome + scores(runs) + merging + files
    return TextTable(
      columns: columns.map { .init(title: $0.title, isText: $0.isText) },
      rows: runs.flatMap { contents in
        Run(contents).entries.map { entry in columns.map { $0.text(entry) } }
      })
  }

  private static var place: [Column] {
    [
      .text("run") { $0.run.contents.run.name },
      .number("prompt_row") { $0.prompt.row },
      .text("prompt") { $0.prompt.text },
      .text("category") { $0.prompt.category },
      .text("challenge") { $0.prompt.challenge },
      .text("subset") { $0.prompt.subset },
      .number("seed") { $0.seed.value },
    ]
  }

  private static var variant: [Column] {
    [
      .text("variant") { $0.variant.label },
      .number("ratio") { $0.variant.ratio },
      .number("hires_ratio") { $0.variant.recipe.hiresRatio },
      .number("effective_ratio") {
        $0.sample?.mergeStatistics?.effectiveRatio ?? $0.variant.effectiveRatio
      },
      .flag("is_baseline") { $0.variant.isBaseline },
      .text("merge_variant") { $0.merging?.variant.rawValue },
      .number("max_downsample") { $0.merging?.maxDownsample },
      .number("sx") { $0.merging?.sx }, .number("sy") { $0.merging?.sy },
      .flag("use_rand") { $0.merging?.useRand }, .flag("merge_attn") { $0.merging?.mergeAttn },
      .flag("merge_crossattn") { $0.merging?.mergeCrossattn }, .flag("merge_mlp") { $0.merging?.mergeMlp },
      .text("merge_steps") { $0.merging?.steps.description },
      .number("steps") { $0.variant.recipe.sampling.steps },
      .text("scheduler") { $0.variant.recipe.sampling.scheduler.rawValue },
    ]
  }

  private static var outcome: [Column] {
    [
      .text("state") { ($0.sample?.state ?? .pending).rawValue },
      .text("error") { $0.sample?.error },
      .number("seconds") { $0.sample?.seconds },
      .number("seconds_per_step") { $0.sample?.secondsPerStep },
      .number("seconds_text") { $0.sample?.stageSeconds?.text },
      .number("seconds_denoise") { $0.sample?.stageSeconds?.denoise },
      .number("seconds_upscale") { $0.sample?.stageSeconds?.upscale },
      .number("seconds_hires") { $0.sample?.stageSeconds?.hires },
      .number("seconds_decode") { $0.sample?.stageSeconds?.decode },
      .number("seconds_write") { $0.sample?.stageSeconds?.write },
      .number("peak_memory_bytes") { $0.sample?.peakMemoryBytes },
      .flag("identical") { entry in
        guard !entry.variant.isBaseline, entry.sample?.state == .done else { return nil }
        return entry.run.index.isIdentical(entry.sample)
      },
      .number("clip_score_change", \.change),
      .text("damage") { entry in
        let kinds = entry.run.index.damage(of: entry.sample).map(\.key)
        return kinds.isEmpty ? nil : kinds.joined(separator: " ")
      },
    ] + traits
  }

  private static var traits: [Column] {
    func trait(_ title: String, _ value: @escaping (DifferenceTraits) -> Double?) -> Column {
      .number(title) { $0.run.index.difference(of: $0.sample).flatMap { value($0.traits) } }
    }
    return [
      trait("difference_on_edges") { $0.onEdges }, trait("difference_on_flat") { $0.onFlat },
      trait("difference_low") { $0.low }, trait("difference_mid") { $0.mid },
      trait("difference_high") { $0.high }, trait("difference_high_on_edges") { $0.highOnEdges },
      trait("difference_specks") { $0.specks }, trait("color_shift_of_mean") { $0.meanShift },
      trait("color_shift_of_spread") { $0.spreadShift },
    ]
  }

  private static func scores(_ runs: [RunContents]) -> [Column] {
    RunContents.measureKeys(runs).map { key in .number(key) { $0.score(key) } }
  }

  private static var merging: [Column] {
    [
      .number("merging_tokens_kept") { $0.sample?.mergeStatistics?.tokensKept },
      .number("merging_mean_similarity") { $0.sample?.mergeStatistics?.meanSimilarity },
      .number("merging_minimum_similarity") { $0.sample?.mergeStatistics?.minimumSimilarity },
    ]
  }

  private static var files: [Column] {
    [
      .text("image") { $0.sample?.picture?.path.text },
      .text("image_sha256") { $0.sample?.picture?.fileHash },
      .text("pixels_sha256") { $0.sample?.picture?.pixelHash },
    ]
  }
}
