import Foundation
import Images
import ResultStore
import StableDiffusion
import TokenMerging

/// The null checks that make a picture of their own, each once in a run: of the first prompt and seed, what is
/// already there is made again, and must come out bit for bit.
struct PictureChecks {
  private let contents: RunContents
  private let pipeline: DiffusionPipeline
  private let sampling: SamplingOptions
  private let store: ResultStore
  private let folder: URL

  init(
    _ contents: RunContents, pipeline: DiffusionPipeline, sampling: SamplingOptions, store: ResultStore,
    folder: URL
  ) {
    self.contents = contents
    self.pipeline = pipeline
    self.sampling = sampling
    self.store = store
    self.folder = folder
  }

  /// Those that the run has no answer to yet.
  var open: [NullCheckRecord.Kind] {
    let answered = contents.nullChecks.filter { $0.outcome != .pending }.map(\.kind)
    return NullCheckRecord.Kind.allCases.filter { $0.needsPicture && !answered.contains($0) }
  }

  /// Makes a check's picture, compares it, and stores the outcome.
  ///
  /// - Parameters:
  ///   - samples: those of `prompt`, as they are now.
  ///   - willMake: told the variant and the seed.
  ///   - didStep: told the number of steps done.
  /// - Returns: nil when the picture to compare with is not there.
  func make(
    _ kind: NullCheckRecord.Kind, _ prompt: PromptRecord, _ samples: [SampleRecord],
    _ cancellation: Cancellation, willMake: (VariantRecord, Int) -> Void, didStep: (Int) -> Void
  ) throws -> NullCheckRecord? {
    guard let variant = kind == .zeroRatio ? baseline : repeated,
      let seed = contents.run.settings.seeds.first,
      let sample = samples.first(where: {
        $0.variantID == variant.id && $0.seed == seed && $0.state == .done
      }), let path = sample.imagePath
    else { return nil }
    willMake(variant, seed)
    var options = sampling
    options.steps = variant.steps ?? options.steps
    let merging = kind == .zeroRatio ? variant.options : variant.merging
    let outcome: NullCheckRecord.Outcome
    let finding: String
    do {
      let maker = PictureMaker(pipeline, prompt: prompt.text, options: options)
      let made = try maker.picture(
        seed: seed, merging: merging, steps: variant.steps ?? sampling.steps, cancellation: cancellation,
        didStep: didStep)
      let stored = try PNGCodec.decode(folder.appendingPathComponent(path)).image
      (outcome, finding) = judge(
        sameLatents: made.latentsHash == sample.latentsHash, samePixels: made.image == stored)
    } catch let error as EvaluationError {
      (outcome, finding) = (.failed, "\(error)")
    }
    let subject =
      kind == .zeroRatio
      ? "ratio 0 through the merging path, against no merging"
      : "\(variant.title) made twice"
    let check = NullCheckRecord(
      runID: contents.run.id, kind: kind, variantID: variant.id, outcome: outcome,
      detail: "\(subject): \(finding) (prompt \(prompt.row), seed \(seed))")
    try store.save([check], ofRun: contents.run.id)
    return check
  }

  private var baseline: VariantRecord? { contents.variants.first(where: \.isBaseline) }

  /// The variant that is made twice: the one that merges most, whose random stream must repeat as well.
  private var repeated: VariantRecord? { contents.variants.last { $0.merging != nil } ?? baseline }

  private func judge(
    sameLatents: Bool, samePixels: Bool
  ) -> (outcome: NullCheckRecord.Outcome, finding: String) {
    if sameLatents && samePixels { return (.passed, "the same bits") }
    let finding = "other \(sameLatents ? "pixels" : samePixels ? "latents" : "latents and pixels")"
    let machine = MachineDescription.current
    guard machine.hasSameArithmetic(as: contents.run.machine) else {
      let reasons = machine.differences(from: contents.run.machine).joined(separator: "; ")
      return (.noted, "\(finding), as may be expected: \(reasons)")
    }
    return (.failed, finding)
  }
}
