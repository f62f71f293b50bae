public import ArgumentParser
public import Benchmarking
import Checkpoints
import Foundation
import Machine
import Pictures
import ResultStore
public import StableDiffusion
public import Tensors
import TokenMerging

extension RandomCheckpoint: ExpressibleByArgument {}
extension BenchmarkReport.Format: ExpressibleByArgument {}
extension Precision: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let value = Precision(rawValue: text) else {
      throw .unknown(text, known: Precision.allCases.map(\.rawValue))
    }
    self = value
  }
}
extension BenchmarkPart: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let value = BenchmarkPart(rawValue: text) else {
      throw .unknown(text, known: BenchmarkPart.allCases.map(\.rawValue))
    }
    self = value
  }
}

/// What a benchmark runs, and how often.
struct BenchmarkOptions: ParsableArguments {
  @Option(
    help: "Measure a checkpoint of this version's sizes with random weights, made in memory; no download.")
  var randomWeights: RandomCheckpoint?

  @Option(
    help: ArgumentHelp(
      "Sizes in pixels, 512 or 768x512 (default: what the model was trained for).", valueName: "n,n,…"))
  var sizes: CommaSeparated<PictureSize>?

  @Option(help: ArgumentHelp("Pictures at once.", valueName: "n,n,…"))
  var batches = CommaSeparated([1])

  @Option(help: ArgumentHelp("Shares of the tokens to merge, beside no merging.", valueName: "r,r,…"))
  var ratios = CommaSeparated([0.5])

  @Option(help: ArgumentHelp("What the UNet computes in: fp32, bf16.", valueName: "p,p,…"))
  var precision = CommaSeparated([Precision.fp32])

  @Option(
    help: ArgumentHelp(
      "What to time: unet (a denoising step), vae, text, clip (a score; needs a CLIP folder).",
      valueName: "p,p,…"))
  var parts = CommaSeparated([BenchmarkPart.unet])

  @Option(
    help: ArgumentHelp(
      "Beside each of our turns, time torch, diffusers and tomesd of this interpreter at the same.",
      valueName: "python"),
    completion: .file())
  var peers: String?

  @Option(help: ArgumentHelp("How often every configuration has its turn.", valueName: "n"))
  var rounds = 3

  @Option(help: ArgumentHelp("Timed runs of a turn, after one to warm up.", valueName: "n"))
  var repeats = 1

  @Option(help: ArgumentHelp("Steps of the pictures whose time is estimated.", valueName: "n"))
  var steps = 20

  @Option(
    help: ArgumentHelp(
      "What a configuration may take, as in 8GiB; above it, it is out of memory (default: 90 % of the machine's).",
      valueName: "size"))
  var memoryLimit: MemorySize?

  /// Of the pictures that are made at once: what is far above any machine needs no estimate.
  private static let largestPixelCount = 1 << 28

  func validate() throws {
    try OptionRange.check("rounds", rounds, OptionRange.counts)
    try OptionRange.check("repeats", repeats, OptionRange.counts)
    try OptionRange.check("steps", steps, OptionRange.steps)
    for batch in batches.values { try OptionRange.check("batches", batch, OptionRange.batches) }
    for size in sizes?.values ?? [] {
      for batch in batches.values where batch * size.width * size.height > Self.largestPixelCount {
        throw ValidationError(
          "\(batch) pictures of \(size) at once are more than \(Self.largestPixelCount) pixels; that fits into no memory"
        )
      }
    }
    if let ratio = ratios.values.first(where: { $0 <= 0 || $0 > 1 }) {
      throw ValidationError("--ratios must be above 0 and at most 1, one is \(ratio); 0 is always measured")
    }
  }

  /// - Throws: `ValidationError` when the model lacks what is asked for, or its files' errors.
  func run(_ model: ModelOptions, merging: MergingOptionGroup, threads: Int) throws -> BenchmarkRun {
    guard merging.mergeSteps == .all else {
      throw ValidationError(
        "--merge-steps says in which of a picture's steps tokens merge; a benchmark times single ones; leave it out"
      )
    }
    guard model.adapters.embeddings.isEmpty else {
      throw ValidationError("--embedding adds words to prompts, which changes no time; leave it out")
    }
    for precision in precision.values {
      try model.processor.check(PrecisionName(rawValue: precision.rawValue))
    }
    let subject = try model.subject(randomWeights)
    let needsClip = parts.values.contains(.clip)
    let clip = needsClip ? try clipFolder(model) : nil
    if needsClip, clip == nil {
      throw ValidationError("CLIP scores need a CLIP folder; pass one with --clip DIR")
    }
    let sizes =
      try sizes?.values ?? [subject.defaultSize()].map { PictureSize(width: $0.width, height: $0.height) }
    let options = try ratios.values.map(merging.options)
    return BenchmarkRun(
      subject: subject, clip: clip, cases: cases(sizes, options, model.weightsResident), rounds: rounds,
      repeats: repeats,
      threads: threads, matrixProducts: model.processor.products,
      memoryLimit: memoryLimit?.bytes ?? MemoryCapacity.bytes / 10 * 9)
  }

  private func clipFolder(_ model: ModelOptions) throws -> String? {
    randomWeights == nil ? try model.clipFolders().first?.path : model.clip.first
  }

  private func cases(
    _ sizes: [PictureSize], _ merging: [MergingOptions], _ resident: WeightsResidency
  ) -> [BenchmarkCase] {
    var cases: [BenchmarkCase] = []
    for size in sizes {
      for batch in batches.values {
        func single(_ part: BenchmarkPart) -> [BenchmarkCase] {
          parts.values.contains(part)
            ? [
              BenchmarkCase(
                part: part, width: size.width, height: size.height, batch: batch, resident: resident)
            ] : []
        }
        for precision in precision.values where parts.values.contains(.unet) {
          cases += BenchmarkCase.configurations(
            width: size.width, height: size.height, batch: batch, precision: precision, resident: resident,
            merging: merging)
        }
        cases += single(.vae)
        // Once is enough for what does not depend on the size.
        if size == sizes.first { cases += single(.text) + single(.clip) }
      }
    }
    return cases
  }
}

extension ModelOptions {
  /// The model's folder, or a checkpoint of random weights in its place.
  func subject(_ randomWeights: RandomCheckpoint?) throws -> BenchmarkSubject {
    guard let randomWeights else { return .checkpoint(try location()) }
    guard model == nil else {
      throw ValidationError("--model and --random-weights exclude each other; give one of them")
    }
    if let option = adapters.given.first {
      throw ValidationError(
        "\(option) is made for a model's own weights; leave --random-weights out, or \(option)")
    }
    return .random(randomWeights)
  }
}
