import Metrics
import Pictures
public import ResultStore
public import Statistics

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

  package struct Entry: Sendable {
    package let variant: VariantRecord
    /// Nil where nothing corresponds.
    let reference: VariantRecord?
  }

  package struct PromptMatch: Sendable {
    package let own: PromptRecord
    let reference: PromptRecord
  }

  /// A prompt and seed of a variant, and what it is compared with.
  struct Slot {
    let prompt: PromptRecord
    let seed: Seed
    let own: SampleRecord?
    let reference: SampleRecord?
  }

  public let kind: Kind
  package let contents: RunContents
  /// Of the run whose variants are compared.
  public var runContents: RunContents { contents }
  let index: SampleIndex
  let referenceContents: RunContents
  let referenceIndex: SampleIndex
  /// The variant that the others are compared with, shown on top; nil between runs.
  let reference: VariantRecord?
  package private(set) var entries: [Entry]
  package private(set) var prompts: [PromptMatch]
  /// By the prompts' numbers, see ``unit(of:)``.
  let units: [Int64: Int64]
  let seeds: [Seed]
  /// What has no counterpart, and what else must be known of the pairs.
  public private(set) var notes: [Note]
  /// How alike the pictures of two runs are; nil where nobody measured it, and within a run.
  package private(set) var pairScores: PairScores?

  /// Every variant with the run's baseline.
  public init(baselineOf contents: RunContents) {
    self.init(.baseline, contents, reference: contents.baseline)
  }

  /// Every variant with the one labelled so.
  public init(_ contents: RunContents, against label: String) throws(ComparisonError) {
    let reference = try contents.run.variant(label, of: contents.variants)
    self.init(.variant(reference.label), contents, reference: reference)
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
    units = Self.units(contents.prompts)
    seeds = contents.seeds
    notes = Self.repetitions(contents.prompts, units)
  }

  /// Every variant with the same one of another run, see ``RunMatch``. What has no counterpart is counted in the notes,
  /// and so is what else the runs differ in.
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
    units = Self.units(contents.prompts)
    seeds = match.seeds
    notes = match.notes + Self.repetitions(contents.prompts, units)
  }

  /// The variants that are compared, each with its counterpart.
  package var matches: [(own: VariantRecord, reference: VariantRecord)] {
    entries.compactMap { entry in entry.reference.map { (entry.variant, $0) } }
  }

  /// The variants with these labels only.
  public func only(_ labels: [String]) throws(ComparisonError) -> Pairing {
    guard !labels.isEmpty else { return self }
    let variants = entries.map(\.variant)
    let chosen = try labels.map { label throws(ComparisonError) in
      try contents.run.variant(label, of: variants).id
    }
    var copy = self
    copy.entries = entries.filter { chosen.contains($0.variant.id) }
    return copy
  }

  /// The same with scores of every picture against the one that it is compared with.
  public func scored(by scores: PairScores) -> Pairing {
    var copy = self
    copy.pairScores = scores
    copy.notes += scores.notes
    return copy
  }

  func restricted(to included: Set<Int64>) -> Pairing {
    var copy = self
    copy.prompts = prompts.filter { included.contains($0.own.id) }
    return copy
  }

  func slots(of entry: Entry) -> [Slot] {
    let included = Set(seeds)
    return prompts.flatMap { prompt in
      index.seeds(of: prompt.own).filter(included.contains).map { seed in
        Slot(
          prompt: prompt.own, seed: seed, own: index.sample(prompt.own, entry.variant, seed: seed),
          reference: entry.reference.flatMap { referenceIndex.sample(prompt.reference, $0, seed: seed) })
      }
    }
  }
}

extension RunRecord {
  /// The one of the run's variants that a user calls so.
  fileprivate func variant(_ name: String, of variants: [VariantRecord]) throws(ComparisonError)
    -> VariantRecord
  {
    let labelled = variants.filter { $0.label == name }
    let meant = labelled.isEmpty ? variants.filter { $0.isCalled(name) } : labelled
    guard let variant = meant.first else {
      throw .unknownVariant(name, run: self.name, known: variants.map(\.label))
    }
    guard meant.count == 1 else { throw .ambiguousVariant(name, run: self.name, count: meant.count) }
    return variant
  }
}

extension Pairing {
  /// What is compared unless something else is asked for: the CLIP score by the first scorer that both sides have.
  var standardMeasure: Measure? {
    contents.measures.first { $0.metric == .clipScore && counterpart(of: $0) != nil }
      ?? contents.measure(.clipScore)
  }

  /// What a gate calls so.
  func measure(named name: String) -> Measure? {
    name == Metric.clipScore.key ? standardMeasure : knownMeasure(named: name)
  }

  /// The measure that is called so, of the run or of its pictures against the other run's; nil where there is none.
  public func knownMeasure(named name: String) -> Measure? {
    contents.measure(named: name) ?? pairScores?.measures.first { $0.key == name }
  }

  /// All that rows have means of, in the order of tables.
  var measures: [Measure] {
    let own = contents.measures
    let further = pairScores?.measures.filter { !own.contains($0) } ?? []
    return Metric.allCases.flatMap { metric in (own + further).filter { $0.metric == metric } }
  }

  /// The score of a slot's picture: of a measure that compares, against the picture of the other run where that was
  /// measured, otherwise against the run's own unmerged one.
  func score(_ measure: Measure?, of slot: Slot) -> Double? {
    guard let measure, let own = slot.own else { return nil }
    guard let pairScores, measure.metric.needsBaseline else { return index.score(measure, of: own) }
    return pairScores.value(measure, of: own)
  }

  /// What the reference is scored by: scores by different checkpoints are not comparable.
  package func counterpart(of measure: Measure?) -> Measure? {
    measure.flatMap { measure in
      referenceContents.measures.first {
        $0.metric == measure.metric && $0.scorer.scoresLike(measure.scorer)
      }
    }
  }

  /// The pairs of a score, grouped by prompt; none where it is not comparable.
  package func scores(_ measure: Measure?, of entry: Entry) -> PairedSample<Int64> {
    let counterpart = counterpart(of: measure)
    return PairedSample(
      slots(of: entry).compactMap { slot in
        guard let before = referenceIndex.score(counterpart, of: slot.reference),
          let after = index.score(measure, of: slot.own)
        else { return nil }
        return .init(prompt: unit(of: slot.prompt), baseline: before, variant: after)
      })
  }

  /// The reference's mean score, over the prompts and variants that take part; nil without any.
  func referenceMean(_ measure: Measure?) -> Double? {
    let values = referenceScores(measure).flatMap(\.self)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The reference's standard deviation between seeds; nil where no prompt has two.
  func seedSpread(_ measure: Measure?) -> Double? { Statistics.seedSpread(referenceScores(measure)) }

  /// - Throws: ``ComparisonError/noSeedSpread(run:)`` for a margin that needs seeds to differ where they don't.
  public func requireMeaning(of margin: Margin, by measure: Measure?) throws(ComparisonError) {
    guard case .shareOfSeedSpread = margin, (seedSpread(measure ?? standardMeasure) ?? 0) == 0 else { return }
    throw .noSeedSpread(run: referenceContents.run.name)
  }

  /// Of every prompt and variant of the reference that takes part, the scores of its seeds.
  private func referenceScores(_ measure: Measure?) -> [[Double]] {
    let counterpart = counterpart(of: measure)
    let references = entries.compactMap(\.reference)
    let distinct = Dictionary(references.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let included = Set(seeds)
    return prompts.flatMap { prompt in
      distinct.values.sorted { $0.id < $1.id }.map { variant in
        referenceIndex.seeds(of: prompt.reference).filter(included.contains).compactMap { seed in
          referenceIndex.score(
            counterpart, of: referenceIndex.sample(prompt.reference, variant, seed: seed))
        }
      }
    }
  }
}
