import Digests
package import Foundation
import Images
import Machine
import Metrics
package import Pictures
package import ResultStore
import Statistics
package import TokenMerging

/// A finished run made without a model: drawn pictures on disk, their real pixel scores and invented CLIP scores
/// and times in a real store. The same arguments give the same run.
package struct SyntheticRun: Sendable {
  /// What tells a further variant from the baseline.
  package struct Variation: Sendable {
    package var merging: MergingOptions?
    package var steps: Int?
    /// The ratio whose time it has.
    package var equalTimeRatio: Double?

    package init(merging: MergingOptions? = nil, steps: Int? = nil, equalTimeRatio: Double? = nil) {
      self.merging = merging
      self.steps = steps
      self.equalTimeRatio = equalTimeRatio
    }
  }

  package var prompts: [PromptRecord] = Self.samplePrompts
  package var seeds: [Seed] = [0, 1]
  package var ratios = [0, 0.3, 0.5, 0.7]
  /// Further variants, beside those of plain tomesd at the ratios.
  package var variations: [Variation] = []
  package var size = 128
  package var guidanceScale = 4.0
  /// Mean change of the CLIP score at ratio 1; smaller ratios change it with the square of the ratio.
  package var effect = -1.2
  /// The names of CLIP checkpoints, which are their fingerprints, too.
  package var clips = ["demo-clip"]
  package var lpips: String?
  package var note: String? = "A small demonstration model: its CLIP scores compare with nothing outside."
  package var name = "synthetic"
  /// The model's fingerprint.
  package var model = "5f0c2ab91d"
  /// Those that make the pictures, and which one of them makes a picture.
  package var executions = [Self.execution()]
  package var maker: @Sendable (PromptRecord, VariantRecord, Seed) -> Int? = { _, _, _ in 0 }
  /// What becomes of a sample instead of a picture; nil for done.
  package var fate: @Sendable (PromptRecord, VariantRecord, Seed) -> SampleRecord.State? = { _, _, _ in nil }
  /// Whether a ratio's pictures equal the baseline's.
  package var isIdentical: @Sendable (PromptRecord, VariantRecord, Seed) -> Bool = { _, _, _ in false }

  /// How long a picture took, given how long it takes by default; nil where nobody knows.
  package var seconds: @Sendable (PromptRecord, VariantRecord, Seed, Double) -> Double? = { $3 }

  /// As stores of earlier schemas have none.
  package var hasPixelHashes = true
  package var hasDifferences = true

  package init() {}

  package static func execution(cpu: String = "Example CPU", version: String = "0.1.0") -> ExecutionRecord {
    ExecutionRecord(
      engine: .builtin,
      machine: MachineDescription(
        os: "Linux 6.1", cpu: cpu, cores: 4, threads: 2, kernelSet: "AVX-512", memoryBytes: 17_179_869_184),
      toolVersion: version,
      commandLine: "tome-eval sweep --ratios 0,0.3,0.5,0.7 --seeds 0,1 --output Reports/synthetic",
      began: Date(timeIntervalSince1970: 1_790_000_000))
  }

  /// Makes the run in `folder`: `results.sqlite` and `images/`.
  package func make(in folder: URL) throws -> RunContents {
    let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), access: .creating)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("images"), withIntermediateDirectories: true)
    let begun = try store.begin(
      record, prompts: prompts, variants: ratios.map(variant) + variations.map(variant), seeds: seeds,
      scorers: clips.map { ScorerRecord(kind: .clip, name: $0, fingerprint: $0) }
        + [lpips].compactMap(\.self).map { ScorerRecord(kind: .lpips, name: $0, fingerprint: $0) })
    let makers = try executions.map { execution in
      var execution = execution
      execution.runID = begun.run.id
      return try store.insert(execution).id
    }
    func place(_ prompt: Int64, _ variant: Int64, _ seed: Seed) -> String { "\(prompt) \(variant) \(seed)" }
    var samples: [String: SampleRecord] = [:]
    for sample in begun.samples {
      samples[place(sample.promptID, sample.variantID, sample.seed)] = sample
    }
    for prompt in begun.prompts {
      for seed in seeds {
        let plain = picture(prompt, seed: seed, ratio: 0)
        var reference: String?
        // The baseline comes first.
        for variant in begun.variants {
          guard var sample = samples[place(prompt.id, variant.id, seed)] else { continue }
          sample.executionID = maker(prompt, variant, seed).map { makers[$0] }
          sample = try finish(sample, prompt, variant, plain: plain, in: store)
          if variant.isBaseline { reference = sample.picture?.fileHash }
          try score(sample, prompt, variant, plain: plain, reference: reference, begun.scorers, in: store)
        }
      }
    }
    return try store.contents(ofRun: begun.run.id)
  }

  private func finish(
    _ sample: SampleRecord, _ prompt: PromptRecord, _ variant: VariantRecord, plain: RGBImage,
    in store: ResultStore
  ) throws -> SampleRecord {
    var sample = sample
    if let state = fate(prompt, variant, sample.seed) {
      sample.state = state
      sample.error = state == .failed ? "not finite after step 3" : nil
      try store.update(sample)
      return sample
    }
    let image = image(prompt, variant, sample.seed, plain: plain)
    let bytes = try PNGCodec.encode(image)
    let path = try PicturePath("images/\(prompt.row)-s\(sample.seed)-r\(variant.fileLabel).png")
    try AtomicFile.write(bytes, to: store.folder.appendingPathComponent(path.text))
    var random = SplitMix64(seed: UInt64(sample.id))
    sample.seconds = seconds(
      prompt, variant, sample.seed,
      (4.1 - 1.9 * variant.effectiveRatio) * Double.random(in: 0.97...1.03, using: &random))
    return try store.adopt(
      sample,
      picture: PictureRecord(
        base: .store, path: path, fileHash: SHA256.hex(of: bytes),
        pixelHash: hasPixelHashes ? image.hash : nil, width: size,
        height: size))
  }

  private func score(
    _ sample: SampleRecord, _ prompt: PromptRecord, _ variant: VariantRecord, plain: RGBImage,
    reference: String?, _ scorers: [ScorerRecord], in store: ResultStore
  ) throws {
    guard let hash = sample.picture?.fileHash else { return }
    var scores: [ScoreRecord] = []
    func add(_ metric: Metric, _ scorer: ScorerRecord, _ value: Double?) {
      scores.append(
        ScoreRecord(
          sampleID: sample.id, metric: metric, scorerID: scorer.id, value: value, picture: hash,
          reference: metric.needsBaseline ? reference : nil))
    }
    let image = image(prompt, variant, sample.seed, plain: plain)
    let distance = mae(image, plain)
    for (index, scorer) in scorers.enumerated() {
      var random = SplitMix64(seed: UInt64(sample.id * 7 + Int64(index)))
      var level = SplitMix64(seed: UInt64(prompt.row * 31 + index) &+ sample.seed.value)
      let change =
        image == plain
        ? 0
        : effect * variant.ratio * variant.ratio + variant.ratio * Double.random(in: -1...1, using: &random)
      if scorer.kind == .clip {
        add(.clipScore, scorer, Double.random(in: 26...34, using: &level) + change)
      }
      guard !variant.isBaseline, reference != nil else { continue }
      switch scorer.kind {
      case .clip: add(.clipImage, scorer, 100 - 12 * distance / 10)
      case .lpips: add(.lpips, scorer, distance / 64)
      case .pick, .aesthetic: continue
      case .pixels:
        add(.mae, scorer, distance)
        add(.rmse, scorer, rmse(image, plain))
        add(.psnr, scorer, psnr(image, plain))
        add(.ssim, scorer, ssim(image, plain))
      }
    }
    var batch = ScoreBatch()
    batch.scores = scores
    if hasDifferences, !variant.isBaseline, let reference {
      batch.differences = [
        DifferenceRecord(
          sampleID: sample.id, picture: hash, reference: reference,
          difference: try PictureDifference(of: image, to: plain))
      ]
    }
    try store.save(batch)
  }

  private func image(
    _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed, plain: RGBImage
  ) -> RGBImage {
    variant.isBaseline || isIdentical(prompt, variant, seed)
      ? plain : picture(prompt, seed: seed, ratio: variant.effectiveRatio)
  }

  private var sampling: Sampling {
    Sampling(steps: 20, guidanceScale: guidanceScale, width: size, height: size, scheduler: "DDIM")
  }

  private func variant(_ ratio: Double) -> VariantRecord {
    variant(Variation(merging: ratio == 0 ? nil : MergingOptions(ratio: ratio)))
  }

  private func variant(_ variation: Variation) -> VariantRecord {
    var own = sampling
    own.steps = variation.steps ?? own.steps
    return VariantRecord(
      recipe: PictureRecipe(
        model: ModelReference(fingerprint: model), sampling: own, merging: variation.merging),
      baseline: sampling, effectiveRatio: min(variation.merging?.ratio ?? 0, 0.75),
      equalTimeMerging: variation.equalTimeRatio.map { MergingOptions(ratio: $0) })
  }

  private var record: RunRecord {
    RunRecord(
      key: "synthetic", name: name, created: Date(timeIntervalSince1970: 1_790_000_000),
      model: ModelIdentity(name: "demo checkpoint", fingerprint: model, note: note),
      sampling: sampling, promptSet: "mini")
  }
}
