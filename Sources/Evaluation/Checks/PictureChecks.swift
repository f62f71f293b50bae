import Engines
import Machine
import Pictures
import ResultStore
import TokenMerging

/// The null checks that make a picture of their own, each once in a run: of the first prompt and seed, what is
/// already there is made again, and must come out bit for bit.
struct PictureChecks {
  /// A picture that is made again.
  struct Subject {
    let kind: NullCheckRecord.Kind
    let prompt: PromptRecord
    let variant: VariantRecord
    /// The picture that is there.
    let sample: SampleRecord
    let request: PictureRequest
  }

  private let contents: RunContents
  private let store: ResultStore

  init(_ contents: RunContents, store: ResultStore) {
    self.contents = contents
    self.store = store
  }

  /// Those that the run has no answer to yet.
  var open: [NullCheckRecord.Kind] {
    let answered = contents.nullChecks.filter { $0.outcome != .pending }.map(\.kind)
    return NullCheckRecord.Kind.allCases.filter { $0.needsPicture && !answered.contains($0) }
  }

  /// - Parameter samples: those of `prompt`, as they are now.
  /// - Returns: nil when the picture to compare with is not there.
  func subject(
    of kind: NullCheckRecord.Kind, _ prompt: PromptRecord, _ samples: [SampleRecord]
  ) -> Subject? {
    guard let variant = kind == .zeroRatio ? contents.baseline : repeated,
      let seed = contents.seeds.first,
      let sample = samples.first(where: {
        $0.variantID == variant.id && $0.seed == seed && $0.state == .done
      })
    else { return nil }
    var recipe = variant.recipe
    if kind == .zeroRatio {
      recipe.merging = mergingNothing
      if recipe.sampling.hires != nil { recipe.hiresMerging = mergingNothing }
    }
    return Subject(
      kind: kind, prompt: prompt, variant: variant, sample: sample,
      request: PictureRequest(recipe, prompt: prompt.text, seed: seed))
  }

  /// Compares the picture made again, and stores the outcome.
  func judge(_ subject: Subject, _ result: PictureMaking.Result) throws -> NullCheckRecord {
    let (outcome, finding) =
      switch result {
      case .made(let made): compare(made, with: subject.sample)
      case .failed(let error): (NullCheckRecord.Outcome.failed, "\(error)")
      }
    let what =
      subject.kind == .zeroRatio ? NullChecks.zeroRatioSubject : "\(subject.variant.title) made twice"
    let check = NullCheckRecord(
      runID: contents.run.id, kind: subject.kind, variantID: subject.variant.id, outcome: outcome,
      detail: "\(what): \(finding) (prompt \(subject.prompt.row), seed \(subject.request.seed))")
    try store.save([check], ofRun: contents.run.id)
    return check
  }

  /// The way through merging at ratio 0, as the run merges otherwise.
  private var mergingNothing: MergingOptions {
    let options = contents.variants.lazy.compactMap { $0.recipe.merging ?? $0.recipe.hiresMerging }
    var merging = options.first ?? MergingOptions()
    merging.ratio = 0
    return merging
  }

  /// The variant that is made twice: the one that merges most, whose random stream must repeat as well.
  private var repeated: VariantRecord? {
    contents.variants.last { $0.isMerged } ?? contents.baseline
  }

  private func compare(
    _ made: MadePicture, with sample: SampleRecord
  ) -> (outcome: NullCheckRecord.Outcome, finding: String) {
    let sameLatents = made.latentsHash == sample.latentsHash
    let samePixels = made.image.hash == sample.picture?.pixelHash
    if sameLatents && samePixels { return (.passed, "the same bits") }
    let finding = "other \(sameLatents ? "pixels" : samePixels ? "latents" : "latents and pixels")"
    let (now, then) = (MachineDescription.current, contents.execution(of: sample)?.machine)
    guard let then, !now.hasSameArithmetic(as: then) else { return (.failed, finding) }
    let reasons = now.differences(from: then).joined(separator: "; ")
    return (.noted, "\(finding), as may be expected: \(reasons)")
  }
}
