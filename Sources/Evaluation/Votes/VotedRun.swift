import Pictures
import ResultStore

/// Finds the pictures of a run that votes are about.
struct VotedRun {
  struct Refused: Error { let reason: VotesImport.Refusal }

  private struct Place: Hashable {
    let prompt: Int64
    let variant: Int64
    let seed: Seed
  }

  let name: String
  private let contents: RunContents
  private let prompts: [String: [PromptRecord]]
  private let variants: [String: [VariantRecord]]
  private let samples: [Place: SampleRecord]

  init(_ contents: RunContents) {
    self.contents = contents
    name = contents.run.name
    prompts = Dictionary(grouping: contents.prompts, by: \.text)
    variants = Dictionary(grouping: contents.variants, by: \.label)
    samples = Dictionary(
      contents.samples.filter { $0.state == .done }.map {
        (Place(prompt: $0.promptID, variant: $0.variantID, seed: $0.seed), $0)
      }, uniquingKeysWith: { first, _ in first })
  }

  func record(of vote: VotesFile.Vote) throws(Refused) -> VoteRecord {
    let variant = try variant(vote.merged.variant)
    guard let baseline = contents.baseline, try self.variant(vote.baseline.variant).id == baseline.id else {
      throw Refused(reason: .unknownPicture)
    }
    let prompt = try prompt(vote.prompt, row: vote.row)
    let reference = try picture(prompt, baseline, vote.seed, seen: vote.baseline.pixelHash).picture
    let (sample, picture) = try picture(prompt, variant, vote.seed, seen: vote.merged.pixelHash)
    return VoteRecord(
      sampleID: sample.id, round: vote.round, time: vote.time, answer: vote.answer,
      baselineSide: vote.baselineSide, milliseconds: vote.milliseconds, isCatchTrial: vote.isCatchTrial,
      picture: picture.seenHash, reference: reference.seenHash)
  }

  /// - Parameter isOnlyRun: whether the page was about no other run, so that a row's number is this run's
  func record(of mark: VotesFile.Mark, isOnlyRun: Bool) throws(Refused) -> NoticedRecord {
    guard let baseline = contents.baseline else { throw Refused(reason: .unknownPicture) }
    let prompt: PromptRecord
    if let text = mark.prompt {
      prompt = try self.prompt(text, row: mark.row)
    } else {
      guard isOnlyRun else { throw Refused(reason: .unnamedPrompt) }
      let named = contents.prompts.filter { "\($0.row)" == mark.row }
      guard named.count == 1 else { throw Refused(reason: .unknownPicture) }
      prompt = named[0]
    }
    let reference = try picture(prompt, baseline, mark.seed, seen: mark.pixelHash).picture
    var noticed: VariantRecord?
    if let ratio = mark.ratio {
      let variant = try variant(ratio)
      guard !variant.isBaseline else { throw Refused(reason: .unknownPicture) }
      noticed = variant
    }
    return NoticedRecord(
      promptID: prompt.id, seed: mark.seed, variantID: noticed?.id, time: mark.time,
      reference: reference.seenHash)
  }

  private func variant(_ label: String) throws(Refused) -> VariantRecord {
    guard let named = variants[label], named.count == 1 else { throw Refused(reason: .unknownPicture) }
    return named[0]
  }

  /// Of prompts with one text the one in that row, otherwise the first: their pictures are the same.
  private func prompt(_ text: String, row: String) throws(Refused) -> PromptRecord {
    let named = prompts[text] ?? []
    guard let prompt = named.first(where: { "\($0.row)" == row }) ?? named.first else {
      throw Refused(reason: .unknownPicture)
    }
    return prompt
  }

  /// - Parameter seen: the hash of the pixels that were seen; nil where the page knew none
  private func picture(
    _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed, seen: String?
  ) throws(Refused) -> (sample: SampleRecord, picture: PictureRecord) {
    guard let sample = samples[Place(prompt: prompt.id, variant: variant.id, seed: seed)],
      let picture = sample.picture
    else { throw Refused(reason: .unknownPicture) }
    if let seen, let pixels = picture.pixelHash, seen != pixels { throw Refused(reason: .otherPicture) }
    return (sample, picture)
  }
}
