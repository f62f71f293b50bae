import Foundation
import GRDB
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

@Suite struct ResultStoreTests {
  let folder: TemporaryFolder
  let file: URL

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("below/here/store.sqlite")
  }

  @Test func `a run comes back as it was stored, samples pending and the baseline first`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let contents = try ResultStore(file).contents(ofRun: store.latestRun().id)
    let expected = exampleRun()
    #expect(contents.run.sampling == expected.sampling && contents.run.promptSet == "mini")
    #expect(contents.run.model == exampleModel)
    #expect(abs(contents.run.created.timeIntervalSince(expected.created)) < 0.001)
    #expect(contents.prompts.map(\.text) == examplePrompts.map(\.text))
    #expect(contents.prompts.map(\.subset) == ["mini", nil] && contents.prompts.map(\.position) == [0, 1])
    #expect(contents.variants.map(\.isBaseline) == [true, false])
    #expect(contents.variants.map(\.recipe) == exampleVariants.reversed().map(\.recipe))
    #expect(contents.seeds == exampleSeeds && contents.executions.isEmpty)
    #expect(contents.samples.count == 2 * 2 * 2)
    #expect(contents.samples.allSatisfy { $0.state == .pending && $0.picture == nil })
    #expect(contents.samples.map(\.id) == begun.samples.map(\.id))
    for sample in contents.samples {
      let prompt = try #require(contents.prompts.first { $0.id == sample.promptID })
      let variant = try #require(contents.variants.first { $0.id == sample.variantID })
      let request = PictureRequest(variant.recipe, prompt: prompt.text, seed: sample.seed)
      #expect(sample.contentKey == request.key)
    }
  }

  @Test func `the same run begun twice is one run, whatever scores it`() throws {
    let store = try ResultStore(file, access: .creating)
    let first = try begin(store, exampleRun())
    let other = ScorerRecord(kind: .clip, name: "large", fingerprint: "cc")
    let second = try begin(store, exampleRun(name: "again"), scorers: [other])
    #expect(first.run.id == second.run.id && second.run.name == "demo")
    #expect(try store.runs().count == 1 && second.samples.count == 8)
    #expect(first.scorers.map(\.name) == ["pixels", "clip"])
    // What was asked for last counts first; nothing is forgotten.
    #expect(second.scorers.map(\.name) == ["pixels", "large", "clip"])
    #expect(second.scorer(.clip)?.name == "large")
    #expect(
      second.measures.filter { $0.metric == .clipScore }.map(\.key) == ["clip_score", "clip_score@clip"])
    #expect(second.measures.first?.title == "CLIP score (large)")
    #expect(
      first.measures.map(\.key) == Metric.allCases.filter { [.pixels, .clip].contains($0.scorer) }.map(\.key))
  }

  @Test func `numbers of rows are SQLite's, and never given twice while their rows are there`() throws {
    let store = try ResultStore(file, access: .creating)
    let first = try begin(store, exampleRun())
    let second = try begin(store, exampleRun(key: "other", name: "other"))
    #expect(Set(first.samples.map(\.id)).isDisjoint(with: second.samples.map(\.id)))
    #expect(throws: StoreError.self) {
      // A second variant with the recipe of the first.
      try store.add([exampleVariant(ratio: 0.5)], toRun: first.run.id)
    }
    #expect(try store.contents(ofRun: first.run.id).variants.count == 2)
  }

  @Test func `variants join a run with samples of their own, known ones are updated`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    var half = try #require(begun.variants.last)
    half.equalTimeOf = "x"
    var fewer = exampleVariant(ratio: 0, steps: 12)
    (fewer.equalTimeMerging, fewer.equalTimeOf) = (half.recipe.merging, "0.5")
    let contents = try store.add([half, fewer], toRun: begun.run.id)
    #expect(contents.variants.map(\.label) == ["0", "0.5", "12 steps (time of 0.5)"])
    #expect(contents.variants.map(\.equalTimeOf) == [nil, "x", "0.5"])
    #expect(contents.variants.map(\.steps) == [nil, nil, 12])
    #expect(contents.samples.count == 8 + 4)
    #expect(contents.samples.prefix(8).map(\.id) == begun.samples.map(\.id))
    #expect(contents.samples.suffix(4).allSatisfy { $0.state == .pending })
  }

  @Test func `a picture keeps every field, with who made it`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let execution = try store.insert(exampleExecution(ofRun: begun.run.id))
    var sample = try #require(begun.samples.first)
    sample.executionID = execution.id
    sample.latentsHash = "22"
    sample.seconds = 1.5
    sample.secondsPerStep = 0.0625
    sample.stageSeconds = StageSeconds(text: 0.1, denoise: 1, decode: 0.3, write: 0.1)
    sample.peakMemoryBytes = 123_456_789_012
    let statistics = MergeStatistics(
      tokensKept: 0.5, effectiveRatio: 0.25, meanSimilarity: 0.9, minimumSimilarity: -0.1)
    sample.mergeStatistics = statistics
    let picture = try examplePicture("a", hash: "11")
    let adopted = try store.adopt(sample, picture: picture, blocks: ["mid_block": statistics])
    let contents = try store.contents(ofRun: begun.run.id)
    for stored in [adopted, try #require(contents.samples.first)] {
      #expect(stored.state == .done && stored.latentsHash == "22")
      #expect(stored.stageSeconds == sample.stageSeconds && stored.mergeStatistics == statistics)
      #expect(stored.peakMemoryBytes == 123_456_789_012)
      #expect(stored.picture?.path == picture.path && stored.picture?.base == .store)
      #expect(stored.picture?.fileHash == "11" && stored.picture?.pixelHash == "pixels 11")
      #expect(contents.execution(of: stored)?.machine == exampleMachine)
    }
    #expect(contents.executions.map(\.commandLine) == [execution.commandLine])
    #expect(try store.blockStatistics(ofSample: sample.id) == ["mid_block": statistics])
  }

  @Test
  func `scores of a picture that was made again with other bits are gone, with the same bits they stay`()
    throws
  {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let baseline = try #require(begun.samples.first { $0.variantID == begun.baseline?.id })
    let merged = try #require(
      begun.samples.first {
        $0.promptID == baseline.promptID && $0.seed == baseline.seed && $0.id != baseline.id
      })
    let pixels = try #require(begun.scorer(.pixels)).id
    let clip = try #require(begun.scorer(.clip)).id
    _ = try store.adopt(baseline, picture: examplePicture("a", hash: "1"))
    _ = try store.adopt(merged, picture: examplePicture("b", hash: "2"))
    let scores = [
      ScoreRecord(sampleID: baseline.id, metric: .clipScore, scorerID: clip, value: 31, picture: "1"),
      ScoreRecord(sampleID: merged.id, metric: .clipScore, scorerID: clip, value: 30, picture: "2"),
      ScoreRecord(
        sampleID: merged.id, metric: .psnr, scorerID: pixels, value: nil, picture: "2", reference: "1"),
    ]
    try store.save(scores)
    func stored() throws -> Set<ScoreRecord> { Set(try store.contents(ofRun: begun.run.id).scores) }
    #expect(try stored() == Set(scores))
    _ = try store.adopt(baseline, picture: examplePicture("a", hash: "1"))
    #expect(try stored() == Set(scores))
    // Its siblings' distances were to another picture.
    _ = try store.adopt(baseline, picture: examplePicture("a", hash: "3"))
    #expect(try stored() == [scores[1]])
    try store.save([
      ScoreRecord(sampleID: merged.id, metric: .clipScore, scorerID: clip, value: -3, picture: "2")
    ])
    #expect(try stored().map(\.value) == [-3])
  }

  @Test func `another run takes over the pictures that it shares, with who made them`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let execution = try store.insert(exampleExecution(ofRun: begun.run.id))
    var sample = try #require(begun.samples.last)
    (sample.executionID, sample.seconds) = (execution.id, 2)
    let statistics = MergeStatistics(
      tokensKept: 1, effectiveRatio: 0.5, meanSimilarity: nil, minimumSimilarity: nil)
    _ = try store.adopt(sample, picture: examplePicture("a", hash: "1"), blocks: ["b": statistics])
    let other = try begin(store, exampleRun(key: "other"))
    let done = other.samples.filter { $0.state == .done }
    #expect(done.map(\.contentKey) == [sample.contentKey])
    #expect(done.map(\.picture?.path.text) == ["images/a.png"])
    #expect(try store.blockStatistics(ofSample: done[0].id) == ["b": statistics])
    // Its seconds are those of the first run's machine, and known to be.
    #expect(other.execution(of: done[0])?.runID == begun.run.id)
    #expect(try store.contents(ofRun: begun.run.id).samples.count == 8)
    #expect(try store.latestRun().id == other.run.id)
    Thread.sleep(forTimeInterval: 0.01)
    _ = try begin(store, exampleRun())
    #expect(try store.latestRun().id == begun.run.id)
  }

  @Test func `times are comparable between machines of one speed only`() throws {
    let execution = exampleExecution(ofRun: 1)
    var faster = exampleMachine
    faster.threads = 8
    #expect(!execution.hasComparableTimes(to: exampleExecution(ofRun: 2, faster)))
    var other = exampleExecution(ofRun: 1)
    other.toolVersion = "0.2.0"
    #expect(execution.hasComparableTimes(to: other) && !execution.hasSameVersions(as: other))
    other.device = "GPU"
    #expect(!execution.hasComparableTimes(to: other))
  }

  @Test func `embeddings come back bit for bit`() throws {
    let store = try ResultStore(file, access: .creating)
    let vector: [Float] = [0.1, -.zero, .leastNonzeroMagnitude, 1e30]
    try store.save(embedding: vector, of: "hash", clipFingerprint: "bb")
    #expect(
      try store.embedding(of: "hash", clipFingerprint: "bb", count: 4)?.map(\.bitPattern)
        == vector.map(\.bitPattern))
    #expect(try store.embedding(of: "hash", clipFingerprint: "cc", count: 4) == nil)
    // One of another length, or with what is no number, is none.
    #expect(try store.embedding(of: "hash", clipFingerprint: "bb", count: 8) == nil)
    try store.save(embedding: [1, .nan], of: "nan", clipFingerprint: "bb")
    #expect(try store.embedding(of: "nan", clipFingerprint: "bb", count: 2) == nil)
  }

  @Test func `seed noise is of today's baselines, and checks replace their kind`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let prompt = try #require(begun.prompts.first).id
    let baselines = begun.samples.filter { $0.variantID == begun.baseline?.id && $0.promptID == prompt }
    for sample in baselines {
      _ = try store.adopt(sample, picture: examplePicture("\(sample.seed)", hash: "\(sample.seed)"))
    }
    let noise = SeedNoiseRecord(
      promptID: prompt, seedA: 7, seedB: 0, metric: .mae, scorerID: begun.scorers[0].id, value: 1.5,
      picture: "7", reference: "0")
    try store.save([noise])
    #expect(try store.contents(ofRun: begun.run.id).seedNoise == [noise])
    let check = NullCheckRecord(
      runID: begun.run.id, kind: .effect, variantID: begun.variants[0].id, outcome: .failed, detail: "x")
    let cap = NullCheckRecord(runID: begun.run.id, kind: .cap, outcome: .passed, detail: "y")
    try store.save([check, cap], ofRun: begun.run.id)
    var other = check
    other.outcome = .passed
    try store.save([other], ofRun: begun.run.id)
    let checks = try store.contents(ofRun: begun.run.id).nullChecks
    #expect(Set(checks.map(\.outcome)) == [.passed] && checks.count == 2)
    _ = try store.adopt(baselines[0], picture: examplePicture("7", hash: "other"))
    #expect(try store.contents(ofRun: begun.run.id).seedNoise.isEmpty)
  }

  @Test func `differences are of today's pictures and baselines, and replace each other`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let baseline = try #require(begun.samples.first { $0.variantID == begun.baseline?.id })
    let sample = try #require(
      begun.samples.first { $0.variantID != begun.baseline?.id && $0.place == baseline.place })
    _ = try store.adopt(baseline, picture: examplePicture("baseline", hash: "b"))
    _ = try store.adopt(sample, picture: examplePicture("own", hash: "a"))
    func unscored() throws -> Int { try store.contents(ofRun: begun.run.id).unscored }
    func save(_ difference: DifferenceRecord) throws {
      var batch = ScoreBatch()
      batch.differences = [difference]
      #expect(batch.count == 1)
      try store.save(batch)
    }
    let first = try exampleDifference(ofSample: sample.id, picture: "a", reference: "b")
    let second = try exampleDifference(ofSample: sample.id, picture: "a", reference: "b", level: 9)
    try save(first)
    try save(second)
    let contents = try store.contents(ofRun: begun.run.id)
    #expect(contents.differences == [second] && second.map != first.map)
    #expect(contents.differences[0].traits == second.traits && second.traits.onEdges == nil)
    // Every score is there, and the map is not any more.
    for measure in contents.measures {
      for scored in [baseline, sample] where scored.id == sample.id || !measure.metric.needsBaseline {
        try store.save([
          ScoreRecord(
            sampleID: scored.id, metric: measure.metric, scorerID: measure.scorer.id, value: 1,
            picture: scored.id == sample.id ? "a" : "b",
            reference: measure.metric.needsBaseline ? "b" : nil)
        ])
      }
    }
    #expect(try unscored() == 0)
    try save(exampleDifference(ofSample: sample.id, picture: "old", reference: "b"))
    #expect(try store.contents(ofRun: begun.run.id).differences.isEmpty && unscored() == 1)
    try save(exampleDifference(ofSample: sample.id, picture: "a", reference: "old"))
    #expect(try store.contents(ofRun: begun.run.id).differences.isEmpty && unscored() == 1)
  }

  @Test func `seeds of 64 bits come back, in their order`() throws {
    let store = try ResultStore(file, access: .creating)
    let seeds: [Seed] = [18_446_744_073_709_551_615, 7, 9_223_372_036_854_775_808, 9_223_372_036_854_775_807]
    let begun = try store.begin(
      exampleRun(), prompts: examplePrompts, variants: exampleVariants, seeds: seeds, scorers: [exampleClip])
    let noise = SeedNoiseRecord(
      promptID: try #require(begun.prompts.first).id, seedA: seeds[0], seedB: seeds[2], metric: .mae,
      scorerID: begun.scorers[0].id, value: 1.5, picture: "a", reference: "b")
    for sample in begun.samples where sample.variantID == begun.baseline?.id {
      let hash = sample.seed == seeds[0] ? "a" : "b"
      _ = try store.adopt(sample, picture: examplePicture("\(sample.id)", hash: hash))
    }
    try store.save([noise])
    let contents = try ResultStore(file).contents(ofRun: begun.run.id)
    #expect(contents.seeds == seeds && contents.seedNoise == [noise])
    // SQLite's integers have a sign; those that had none before are what they were.
    let stored = try DatabaseQueue(path: file.path).read {
      try Int64.fetchAll($0, sql: "SELECT DISTINCT seed FROM sample ORDER BY seed")
    }
    #expect(stored == [.min, -1, 7, .max])
  }

  @Test func `a failed change leaves nothing behind`() throws {
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let sample = try #require(begun.samples.first)
    func score(_ id: Int64) -> ScoreRecord {
      ScoreRecord(sampleID: id, metric: .mae, scorerID: begun.scorers[0].id, value: 1, picture: "")
    }
    #expect(throws: StoreError.self) { try store.save([score(sample.id), score(999)]) }
    #expect(try ResultStore(file).contents(ofRun: begun.run.id).scores.isEmpty)
  }

  @Test func `an unknown run is named together with the known ones`() throws {
    let store = try ResultStore(file, access: .creating)
    #expect(throws: StoreError.noSuchRun(path: file.path, name: "", known: [])) { try store.latestRun() }
    _ = try begin(store, exampleRun())
    #expect(throws: StoreError.noSuchRun(path: file.path, name: "x", known: ["demo"])) {
      try store.run(named: "x")
    }
    #expect(try store.run(named: "demo").name == "demo")
  }
}
