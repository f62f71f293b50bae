import Pictures
import ResultStore

/// A run that pictures of other stores are taken into: it tells which of its rows stand for those of another store.
///
/// What rows stand for, not their numbers, is the same in all stores: a prompt's text, a variant's key, a seed.
struct MergeTarget {
  private struct Place: Hashable {
    let text: String
    let variant: String
    let seed: Seed
  }

  private(set) var contents: RunContents
  private let store: ResultStore
  private var samples: [Place: Int] = [:]

  init(_ run: RunRecord, in store: ResultStore) throws(StoreError) {
    self.store = store
    let known = try store.runs().first { $0.key == run.key }
    if let known {
      contents = try store.contents(ofRun: known.id)
    } else {
      contents = RunContents(run: run, prompts: [], variants: [], samples: [])
    }
    index()
  }

  /// Adds what the run lacks of another store's prompts, variants and samples.
  /// - Parameter other: with all of its samples
  mutating func extend(by other: RunContents) throws(StoreError) {
    let prompts = Dictionary(uniqueKeysWithValues: other.prompts.enumerated().map { ($1.id, $0) })
    let variants = Dictionary(uniqueKeysWithValues: other.variants.enumerated().map { ($1.id, $0) })
    let places = other.samples.compactMap { sample -> SamplePlace? in
      guard let prompt = prompts[sample.promptID], let variant = variants[sample.variantID] else {
        return nil
      }
      let place = Place(
        text: other.prompts[prompt].text, variant: other.variants[variant].key, seed: sample.seed)
      return samples[place] == nil ? SamplePlace(prompt: prompt, variant: variant, seed: sample.seed) : nil
    }
    guard !places.isEmpty || contents.run.id == 0 else { return }
    func new<Record: StoredRecord>(_ record: Record) -> Record {
      var record = record
      record.id = 0
      return record
    }
    contents = try store.extend(
      new(contents.run), prompts: other.prompts.map(new), variants: other.variants.map(new), places: places,
      scorers: []
    ).contents
    index()
  }

  /// Reads the run again.
  mutating func refresh() throws {
    contents = try store.contents(ofRun: contents.run.id)
    index()
  }

  /// Those that its pictures are scored by now.
  mutating func setScorers(_ scorers: [ScorerRecord]) { contents.scorers = scorers }

  private mutating func index() {
    let texts = Dictionary(uniqueKeysWithValues: contents.prompts.map { ($0.id, $0.text) })
    let keys = Dictionary(uniqueKeysWithValues: contents.variants.map { ($0.id, $0.key) })
    samples = [:]
    for (index, sample) in contents.samples.enumerated() {
      guard let text = texts[sample.promptID], let key = keys[sample.variantID] else { continue }
      samples[Place(text: text, variant: key, seed: sample.seed)] = index
    }
  }

  /// For each sample of another store, where in ``contents`` the same one is; nil for none.
  func indices(of other: RunContents) -> [Int?] {
    let texts = Dictionary(uniqueKeysWithValues: other.prompts.map { ($0.id, $0.text) })
    let keys = Dictionary(uniqueKeysWithValues: other.variants.map { ($0.id, $0.key) })
    return other.samples.map { sample in
      guard let text = texts[sample.promptID], let key = keys[sample.variantID] else { return nil }
      return samples[Place(text: text, variant: key, seed: sample.seed)]
    }
  }

  /// Numbers of another store's prompts, as the same ones are numbered here.
  func promptNumbers(of other: RunContents) -> [Int64: Int64] {
    Self.numbers(other.prompts.map { ($0.id, $0.text) }, contents.prompts.map { ($0.text, $0.id) })
  }

  func variantNumbers(of other: RunContents) -> [Int64: Int64] {
    Self.numbers(other.variants.map { ($0.id, $0.key) }, contents.variants.map { ($0.key, $0.id) })
  }

  func scorerNumbers(of other: RunContents) -> [Int64: Int64] {
    func name(_ scorer: ScorerRecord) -> String { "\(scorer.kind) \(scorer.fingerprint)" }
    return Self.numbers(
      other.scorers.map { ($0.id, name($0)) }, contents.scorers.map { (name($0), $0.id) })
  }

  private static func numbers(
    _ theirs: [(number: Int64, name: String)], _ own: [(name: String, number: Int64)]
  ) -> [Int64: Int64] {
    let own = Dictionary(own.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    return Dictionary(
      theirs.compactMap { number, name in own[name].map { (number, $0) } },
      uniquingKeysWith: { first, _ in first })
  }
}
