import Foundation
import Images
import Metrics
import ResultStore

@testable import Statistics

/// A finished run made without a model: drawn pictures on disk, their real pixel scores and invented CLIP scores
/// and times in a real store. The same arguments give the same run.
struct SyntheticRun {
  var prompts: [PromptRecord] = Self.samplePrompts
  var seeds = [0, 1]
  var ratios = [0, 0.3, 0.5, 0.7]
  /// Further variants, beside those of plain tomesd at the ratios.
  var moreVariants: [VariantRecord] = []
  var size = 128
  /// Mean change of the CLIP score at ratio 1; smaller ratios change it with the square of the ratio.
  var effect = -1.2
  var clip: String? = "demo-clip"
  var lpips: String?
  var note: String? = "A small demonstration model: its CLIP scores compare with nothing outside."
  /// What becomes of a sample instead of a picture; nil for done.
  var fate: @Sendable (PromptRecord, VariantRecord, Int) -> SampleRecord.State? = { _, _, _ in nil }
  /// Whether a ratio's pictures equal the baseline's.
  var isIdentical: @Sendable (PromptRecord, VariantRecord, Int) -> Bool = { _, _, _ in false }

  /// Makes the run in `folder`: `results.sqlite` and `images/`.
  func make(in folder: URL) throws -> RunContents {
    let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), create: true)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("images"), withIntermediateDirectories: true)
    let begun = try store.begin(
      record, prompts: prompts, variants: ratios.map(variant) + moreVariants, seeds: seeds,
      contentKey: { "\($0.row)-\($1.label)-\($2)" })
    let baseline = begun.variants.first(where: \.isBaseline)
    for prompt in begun.prompts {
      for seed in seeds {
        let plain = picture(prompt, seed: seed, ratio: 0)
        for variant in begun.variants {
          guard
            let sample = begun.samples.first(where: {
              $0.promptID == prompt.id && $0.variantID == variant.id && $0.seed == seed
            })
          else { continue }
          try finish(
            sample, prompt, variant, plain: plain,
            hasBaseline: baseline.map { fate(prompt, $0, seed) == nil },
            store: store, folder: folder)
        }
      }
    }
    return try store.contents(ofRun: begun.run.id)
  }

  private func finish(
    _ record: SampleRecord, _ prompt: PromptRecord, _ variant: VariantRecord, plain: RGBImage,
    hasBaseline: Bool?, store: ResultStore, folder: URL
  ) throws {
    var sample = record
    if let state = fate(prompt, variant, sample.seed) {
      sample.state = state
      sample.error = state == .failed ? "not finite after step 3" : nil
      return try store.update(sample)
    }
    let same = variant.isBaseline || isIdentical(prompt, variant, sample.seed)
    let image = same ? plain : picture(prompt, seed: sample.seed, ratio: variant.effectiveRatio)
    let path = "images/\(prompt.row)-s\(sample.seed)-r\(variant.fileLabel).png"
    try AtomicFile.write(try PNGCodec.encode(image), to: folder.appendingPathComponent(path))
    var random = SplitMix64(seed: UInt64(sample.id))
    var level = SplitMix64(seed: UInt64(prompt.row * 31 + sample.seed))
    sample.state = .done
    sample.imagePath = path
    sample.seconds = (4.1 - 1.9 * variant.effectiveRatio) * Double.random(in: 0.97...1.03, using: &random)
    try store.update(sample)

    let change =
      same
      ? 0 : effect * variant.ratio * variant.ratio + variant.ratio * Double.random(in: -1...1, using: &random)
    var scores: [(ScoreMetric, Double?)] = []
    if clip != nil { scores.append((.clipScore, Double.random(in: 26...34, using: &level) + change)) }
    if !variant.isBaseline, hasBaseline == true {
      scores += [(.mae, mae(image, plain)), (.rmse, rmse(image, plain)), (.psnr, psnr(image, plain))]
      scores.append((.ssim, ssim(image, plain)))
      if lpips != nil { scores.append((.lpips, mae(image, plain) / 64)) }
      if clip != nil { scores.append((.clipImage, 100 - 12 * mae(image, plain) / 10)) }
    }
    try store.save(
      scores.map { .init(sampleID: sample.id, metric: $0.0, value: $0.1, clipFingerprint: clip) })
  }

  private func variant(_ ratio: Double) -> VariantRecord {
    VariantRecord(ratio: ratio, effectiveRatio: min(ratio, 0.75), isBaseline: ratio == 0)
  }

  private var record: RunRecord {
    RunRecord(
      key: "synthetic", name: "synthetic", created: Date(timeIntervalSince1970: 1_790_000_000),
      commandLine: "tome-eval sweep --ratios 0,0.3,0.5,0.7 --seeds 0,1 --output Reports/synthetic",
      toolVersion: "0.1.0", modelName: "demo checkpoint", modelFingerprint: "5f0c2ab91d", modelNote: note,
      clipName: clip, clipFingerprint: clip, lpipsName: lpips, lpipsFingerprint: lpips,
      settings: RunSettings(
        steps: 20, guidanceScale: 4, width: size, height: size, scheduler: "DDIM", seeds: seeds,
        ratios: ratios, promptSet: "mini"),
      machine: MachineDescription(
        os: "Linux 6.1", cpu: "Example CPU", cores: 4, threads: 2, kernelSet: "AVX-512",
        memoryBytes: 17_179_869_184))
  }

  /// A sky, a ground and three discs; merging replaces a share `ratio` of the small cells by their corner.
  private func picture(_ prompt: PromptRecord, seed: Int, ratio: Double) -> RGBImage {
    var random = SplitMix64(seed: UInt64(prompt.row * 101 + seed))
    func colour() -> [Double] { (0..<3).map { _ in Double.random(in: 40...235, using: &random) } }
    let sky = colour()
    let ground = colour()
    let horizon = Double.random(in: 0.45...0.75, using: &random)
    let discs = (0..<3).map { _ in
      (
        x: Double.random(in: 0.2...0.8, using: &random), y: Double.random(in: 0.25...0.8, using: &random),
        radius: Double.random(in: 0.08...0.24, using: &random), colour: colour()
      )
    }
    var merged = SplitMix64(seed: UInt64(prompt.row * 7 + seed))
    let edge = max(size / 16, 2)
    let cells = size / edge
    let isMerged = (0..<cells * cells).map { _ in Double.random(in: 0..<1, using: &merged) < ratio }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        let replaced = isMerged[min(row / edge, cells - 1) * cells + min(column / edge, cells - 1)]
        let x = Double(replaced ? column / edge * edge : column) / Double(size)
        let y = Double(replaced ? row / edge * edge : row) / Double(size)
        let disc = discs.last { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) < $0.radius * $0.radius }
        let colour = disc?.colour ?? (y < horizon ? sky : ground)
        for channel in colour { pixels.append(UInt8(channel * (0.75 + 0.25 * y))) }
      }
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }

  static let samplePrompts: [PromptRecord] = [
    ("a corgi", "Animals", "Basic"), ("an owl on a violin", "Animals", "Imagination"),
    ("a red cube to the left of a blue sphere", "Artifacts", "Properties & Positioning"),
    ("three yellow stars on a purple background", "Abstract", "Quantity"),
    ("the Statue of Liberty next to a volcano", "World Knowledge", "Imagination"),
    ("a small green triangle on top of a large orange box", "Artifacts", "Properties & Positioning"),
    ("a tiger", "Animals", "Basic"), ("two pandas", "Animals", "Quantity"),
    ("a watercolor of a heart", "Arts", "Style & Format"), ("happiness", "Abstract", "Basic"),
    ("a pyramid under a full moon", "Outdoor Scenes", "Basic"),
    ("a bowl of soup", "Food & Beverage", "Basic"),
    ("a robot painted as graffiti on a brick wall", "Illustrations", "Style & Format"),
    ("four balloons above a car", "Vehicles", "Quantity"), ("a lighthouse", "Outdoor Scenes", "Basic"),
    ("a pixel art fox", "Animals", "Style & Format"),
    ("a teapot next to a banana", "Food & Beverage", "Basic"),
    ("a train on a bridge", "Vehicles", "Basic"), ("a cactus in the snow", "Outdoor Scenes", "Imagination"),
    ("a violin", "Artifacts", "Basic"), ("a wolf howling", "Animals", "Basic"),
    ("a map of an island", "World Knowledge", "Fine-grained Detail"),
    (
      "a close-up photo of an old wooden boat that lies on a beach at sunset, painted in faded blue and white, "
        + "with a torn sail, two gulls on its bow and the word \"HOPE\" written along its side in red letters",
      "Vehicles", "Complex"
    ),
    ("a circle", "Abstract", "Simple Detail"),
  ].enumerated().map { index, entry in
    PromptRecord(row: 40 + index * 7, text: entry.0, category: entry.1, challenge: entry.2, subset: "mini")
  }
}
