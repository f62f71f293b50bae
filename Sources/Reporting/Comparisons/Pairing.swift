public import ResultStore
import Statistics

/// Which pictures are compared with which: the pairs behind every difference.
public struct Pairing: Sendable {
  public enum Kind: Hashable, Sendable {
    /// Every variant of a run with the run's unmerged pictures.
    case baseline
    /// Every variant of a run with the one called so.
    case variant(String)
    /// Every variant of a run with the same one of the run called so.
    case run(String)
  }

  struct Entry: Sendable {
    let variant: VariantRecord
    /// Nil where nothing corresponds.
    let reference: VariantRecord?
  }

  struct PromptMatch: Sendable {
    let own: PromptRecord
    let reference: PromptRecord
  }

  /// A prompt and seed of a variant, and what it is compared with.
  struct Slot {
    let prompt: PromptRecord
    let seed: Int
    let own: SampleRecord?
    let reference: SampleRecord?
  }

  public let kind: Kind
  let contents: RunContents
  let index: SampleIndex
  let referenceContents: RunContents
  let referenceIndex: SampleIndex
  /// The variant that the others are compared with, shown on top; nil between runs.
  let reference: VariantRecord?
  private(set) var entries: [Entry]
  private(set) var prompts: [PromptMatch]
  let seeds: [Int]
  /// What has no counterpart, and what else must be known of the pairs.
  public let notes: [String]

  /// Every variant with the run's baseline.
  public init(baselineOf contents: RunContents) {
    self.init(.baseline, contents, reference: contents.variants.first(where: \.isBaseline))
  }

  /// Every variant with the one labelled so.
  public init(_ contents: RunContents, against label: String) throws(ComparisonError) {
    guard let reference = contents.variants.first(where: { $0.label == label }) else {
      throw .unknownVariant(label, run: contents.run.name, known: contents.variants.map(\.label))
    }
    self.init(.variant(label), contents, reference: reference)
  }

  private init(_ kind: Kind, _ contents: RunContents, reference: VariantRecord?) {
    self.kind = kind
    self.contents = contents
    index = SampleIndex(contents)
    referenceContents = contents
    referenceIndex = index
    self.reference = reference
    entries = contents.variants.filter { $0.id != reference?.id }.map {
      Entry(variant: $0, reference: reference)
    }
    prompts = contents.prompts.map { PromptMatch(own: $0, reference: $0) }
    seeds = contents.run.settings.seeds
    notes = []
  }

  /// Every variant with the same one of another run: equal prompts, seeds, merging, steps and sampling. What has
  /// no counterpart is counted in the notes.
  public init(_ contents: RunContents, against other: RunContents) {
    kind = .run(other.run.name)
    self.contents = contents
    index = SampleIndex(contents)
    referenceContents = other
    referenceIndex = SampleIndex(other)
    reference = nil
    let match = RunMatch(contents, other)
    entries = match.entries
    prompts = match.prompts
    seeds = match.seeds
    notes = match.notes
  }

  /// Scores by different checkpoints are not comparable.
  func isComparable(_ metric: ScoreMetric) -> Bool {
    let own = contents.run
    let other = referenceContents.run
    return (!metric.needsCLIP || own.clipFingerprint == other.clipFingerprint)
      && (!metric.needsLPIPS || own.lpipsFingerprint == other.lpipsFingerprint)
  }

  /// The variants with these labels only.
  public func only(_ labels: [String]) throws(ComparisonError) -> Pairing {
    guard !labels.isEmpty else { return self }
    let known = entries.map(\.variant.label)
    if let unknown = labels.first(where: { !known.contains($0) }) {
      throw .unknownVariant(unknown, run: contents.run.name, known: known)
    }
    var copy = self
    copy.entries = entries.filter { labels.contains($0.variant.label) }
    return copy
  }

  func restricted(to included: Set<Int64>) -> Pairing {
    var copy = self
    copy.prompts = prompts.filter { included.contains($0.own.id) }
    return copy
  }

  func slots(of entry: Entry) -> [Slot] {
    prompts.flatMap { prompt in
      seeds.map { seed in
        Slot(
          prompt: prompt.own, seed: seed, own: index.sample(prompt.own, entry.variant, seed: seed),
          reference: entry.reference.flatMap { referenceIndex.sample(prompt.reference, $0, seed: seed) })
      }
    }
  }

  /// The pairs of a score, grouped by prompt.
  func scores(_ metric: ScoreMetric, of entry: Entry) -> PairedSample<Int64> {
    pairs(of: entry) {
      index.score(metric, of: $0)
    } reference: {
      referenceIndex.score(metric, of: $0)
    }
  }

  /// The pairs of seconds per picture, grouped by prompt.
  func seconds(of entry: Entry) -> PairedSample<Int64> {
    pairs(of: entry) {
      $0.seconds
    } reference: {
      $0.seconds
    }
  }

  private func pairs(
    of entry: Entry, own: (SampleRecord) -> Double?, reference: (SampleRecord) -> Double?
  ) -> PairedSample<Int64> {
    PairedSample(
      slots(of: entry).compactMap { slot in
        guard let before = slot.reference.flatMap(reference), let after = slot.own.flatMap(own) else {
          return nil
        }
        return .init(prompt: slot.prompt.id, baseline: before, variant: after)
      })
  }

  /// The reference's mean score, over the prompts and variants that take part; nil without any.
  func referenceMean(_ metric: ScoreMetric) -> Double? {
    let references = entries.compactMap(\.reference)
    let distinct = Dictionary(references.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let values = prompts.flatMap { prompt in
      distinct.values.sorted { $0.id < $1.id }.flatMap { variant in
        seeds.compactMap { seed in
          referenceIndex.score(
            metric, of: referenceIndex.sample(prompt.reference, variant, seed: seed))
        }
      }
    }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
