import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing

func exampleRun(key: String = "key", name: String = "demo") -> RunRecord {
  RunRecord(
    key: key, name: name, created: Date(timeIntervalSince1970: 1_790_000_000.5),
    commandLine: "tome-eval sweep --negative-prompt 'a \"blurry\" one'", toolVersion: "0.1.0",
    modelName: "demo", modelFingerprint: "aa", modelNote: "small", clipName: "clip", clipFingerprint: "bb",
    settings: RunSettings(
      steps: 20, guidanceScale: 4, negativePrompt: "b", width: 128, height: 96, scheduler: "ddim",
      seeds: [0, 7], ratios: [0, 0.5], promptSet: "mini"),
    machine: MachineDescription(
      os: "Linux", cpu: "x", cores: 2, threads: 2, kernelSet: "AVX2", memoryBytes: 1 << 34))
}

let examplePrompts = [
  PromptRecord(row: 74, text: "a corgi", category: "Animals", challenge: "Basic", subset: "mini"),
  PromptRecord(row: 9, text: "ein „Bär“ 🐻 \"x\""),
]
let exampleVariants = [
  VariantRecord(ratio: 0.5, effectiveRatio: 0.5, isBaseline: false),
  VariantRecord(ratio: 0, effectiveRatio: 0, isBaseline: true),
]

func begin(_ store: ResultStore, _ run: RunRecord) throws -> RunContents {
  try store.begin(run, prompts: examplePrompts, variants: exampleVariants, seeds: run.settings.seeds) {
    "\($0.row)/\($1.ratio)/\($2)"
  }
}

@Suite struct ResultStoreTests {
  let folder: TemporaryFolder
  let file: URL

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("below/here/store.sqlite")
  }

  @Test func `a run comes back as it was stored, samples pending and the baseline first`() throws {
    let store = try ResultStore(file, create: true)
    let begun = try begin(store, exampleRun())
    let contents = try ResultStore(file).contents(ofRun: store.latestRun().id)
    var expected = exampleRun()
    expected.id = contents.run.id
    #expect(contents.run.settings == expected.settings)
    #expect(contents.run.machine == expected.machine)
    #expect(contents.run.commandLine == expected.commandLine)
    #expect(abs(contents.run.created.timeIntervalSince(expected.created)) < 0.001)
    #expect(contents.prompts.map(\.text) == examplePrompts.map(\.text))
    #expect(contents.prompts.map(\.subset) == ["mini", nil])
    #expect(contents.variants.map(\.isBaseline) == [true, false])
    #expect(contents.samples.count == 2 * 2 * 2)
    #expect(contents.samples.allSatisfy { $0.state == .pending })
    #expect(contents.samples.map(\.id) == begun.samples.map(\.id))
  }

  @Test func `the same run begun twice is one run`() throws {
    let store = try ResultStore(file, create: true)
    let first = try begin(store, exampleRun())
    let second = try begin(store, exampleRun(name: "again"))
    #expect(first.run.id == second.run.id)
    #expect(second.run.name == "demo")
    #expect(try store.runs().count == 1)
    #expect(second.samples.count == 8)
  }

  @Test func `variants join a run with samples of their own, known ones are updated`() throws {
    let store = try ResultStore(file, create: true)
    let begun = try begin(store, exampleRun())
    var half = try #require(begun.variants.last)
    half.equalTimeOf = "x"
    let fewer = VariantRecord(
      ratio: 0, effectiveRatio: 0, steps: 12, equalTimeRatio: 0.5, equalTimeOf: "0.5", isBaseline: false)
    let contents = try store.add([half, fewer], toRun: begun.run.id, seeds: [0, 7]) { "\($0.row)/new/\($2)" }
    #expect(contents.variants.map(\.label) == ["0", "0.5", "12 steps (time of 0.5)"])
    #expect(contents.variants.map(\.equalTimeOf) == [nil, "x", "0.5"])
    #expect(contents.samples.count == 8 + 4)
    #expect(contents.samples.prefix(8).map(\.id) == begun.samples.map(\.id))
    #expect(contents.samples.suffix(4).allSatisfy { $0.state == .pending && $0.contentKey.contains("new") })
  }

  @Test func `a sample keeps every field, and a new picture drops the old one's scores`() throws {
    let store = try ResultStore(file, create: true)
    var sample = try #require(begin(store, exampleRun()).samples.first)
    sample.state = .done
    sample.imagePath = "images/a.png"
    sample.imageHash = "11"
    sample.latentsHash = "22"
    sample.seconds = 1.5
    sample.secondsPerStep = 0.0625
    sample.stageSeconds = StageSeconds(text: 0.1, denoise: 1, decode: 0.3, write: 0.1)
    sample.peakMemoryBytes = 123_456_789_012
    sample.mergeStatistics = ["tokens_kept": 0.5]
    try store.update(sample)
    try store.save([
      ScoreRecord(sampleID: sample.id, metric: .psnr, value: nil),
      ScoreRecord(sampleID: sample.id, metric: .clipScore, value: 31.25, clipFingerprint: "bb"),
    ])
    try store.save([ScoreRecord(sampleID: sample.id, metric: .clipScore, value: -3, clipFingerprint: "bb")])
    let contents = try store.contents(ofRun: 1)
    let stored = try #require(contents.samples.first)
    #expect(stored.stageSeconds == sample.stageSeconds)
    #expect(stored.mergeStatistics == ["tokens_kept": 0.5])
    #expect(stored.peakMemoryBytes == 123_456_789_012)
    #expect(stored.state == .done && stored.imageHash == "11" && stored.latentsHash == "22")
    #expect(
      Set(contents.scores) == [
        ScoreRecord(sampleID: sample.id, metric: .psnr, value: nil),
        ScoreRecord(sampleID: sample.id, metric: .clipScore, value: -3, clipFingerprint: "bb"),
      ])
    try store.update(stored)
    #expect(try store.contents(ofRun: 1).scores.isEmpty)
  }

  @Test func `another run takes over the pictures that it shares`() throws {
    let store = try ResultStore(file, create: true)
    var sample = try #require(begin(store, exampleRun()).samples.last)
    (sample.state, sample.imagePath, sample.seconds) = (.done, "images/a.png", 2)
    try store.update(sample)
    let other = try begin(store, exampleRun(key: "other"))
    let done = other.samples.filter { $0.state == .done }
    #expect(done.map(\.contentKey) == [sample.contentKey])
    #expect(done.map(\.imagePath) == ["images/a.png"])
    #expect(try store.contents(ofRun: 1).samples.count == 8)
    #expect(try store.latestRun().id == other.run.id)
    Thread.sleep(forTimeInterval: 0.01)
    _ = try begin(store, exampleRun())
    #expect(try store.latestRun().id == 1)
  }

  @Test func `embeddings come back bit for bit`() throws {
    let store = try ResultStore(file, create: true)
    let vector: [Float] = [0.1, -.zero, .leastNonzeroMagnitude, 1e30]
    try store.save(embedding: vector, of: "hash", clipFingerprint: "bb")
    #expect(
      try store.embedding(of: "hash", clipFingerprint: "bb")?.map(\.bitPattern) == vector.map(\.bitPattern))
    #expect(try store.embedding(of: "hash", clipFingerprint: "cc") == nil)
  }

  @Test func `a store of the schema before seed noise is brought up to date and keeps its runs`() throws {
    do { _ = try begin(ResultStore(file, create: true), exampleRun()) }
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(
        sql: """
          DROP TABLE seedNoise;
          ALTER TABLE run DROP COLUMN lpipsName;
          ALTER TABLE run DROP COLUMN lpipsFingerprint;
          ALTER TABLE score DROP COLUMN lpipsFingerprint;
          DELETE FROM grdb_migrations WHERE identifier = '4-seed-noise'
          """)
    }
    let contents = try ResultStore(file).contents(ofRun: 1)
    #expect(contents.samples.count == 8 && contents.seedNoise.isEmpty && contents.nullChecks.isEmpty)
    #expect(contents.run.lpipsFingerprint == nil)
  }

  @Test func `seed noise and checks come back, and a new baseline drops its seed's noise`() throws {
    let store = try ResultStore(file, create: true)
    let begun = try begin(store, exampleRun())
    let baseline = try #require(begun.variants.first { $0.isBaseline })
    let sample = try #require(begun.samples.first { $0.variantID == baseline.id })
    let noise = [
      SeedNoiseRecord(promptID: sample.promptID, seedA: 0, seedB: 7, metric: .mae, value: 1.5),
      SeedNoiseRecord(promptID: sample.promptID + 1, seedA: 0, seedB: 7, metric: .msSSIM, value: nil),
    ]
    try store.save(noise)
    let check = NullCheckRecord(runID: 1, kind: .effect, variantID: 1, outcome: .failed, detail: "x")
    try store.save([check, NullCheckRecord(runID: 1, kind: .cap, outcome: .passed, detail: "y")], ofRun: 1)
    var other = check
    other.outcome = .passed
    try store.save([other], ofRun: 1)
    let contents = try store.contents(ofRun: 1)
    #expect(contents.seedNoise == noise)
    #expect(Set(contents.nullChecks.map(\.outcome)) == [.passed] && contents.nullChecks.count == 2)
    // Merged pictures have no part in it.
    let merged = try #require(
      begun.samples.first { $0.promptID == sample.promptID && $0.variantID != sample.variantID })
    try store.update(merged)
    #expect(try store.contents(ofRun: 1).seedNoise == noise)
    try store.update(sample)
    #expect(try store.contents(ofRun: 1).seedNoise == [noise[1]])
  }

  @Test func `a failed change leaves nothing behind`() throws {
    let store = try ResultStore(file, create: true)
    let sample = try #require(begin(store, exampleRun()).samples.first)
    #expect(throws: StoreError.self) {
      try store.save([
        ScoreRecord(sampleID: sample.id, metric: .mae, value: 1),
        ScoreRecord(sampleID: 999, metric: .mae, value: 1),
      ])
    }
    #expect(try store.contents(ofRun: 1).scores.isEmpty)
  }

  @Test func `an unknown run is named together with the known ones`() throws {
    let store = try ResultStore(file, create: true)
    #expect(throws: StoreError.noSuchRun(path: file.path, name: "", known: [])) { try store.latestRun() }
    _ = try begin(store, exampleRun())
    #expect(throws: StoreError.noSuchRun(path: file.path, name: "x", known: ["demo"])) {
      try store.run(named: "x")
    }
    #expect(try store.run(named: "demo").id == 1)
  }
}

@Suite struct ForeignFileTests {
  let folder: TemporaryFolder
  let file: URL

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("store.sqlite")
  }

  @Test func `a store that is not there is an error unless it is to be made`() {
    #expect(throws: StoreError.missing(path: file.path)) { try ResultStore(file) }
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func `a store of a newer schema is refused and left as it was`() throws {
    do {
      let store = try ResultStore(file, create: true)
      _ = try begin(store, exampleRun())
    }
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-from-the-future')")
    }
    let before = try Data(contentsOf: file)
    #expect(throws: StoreError.newerSchema(path: file.path, step: "99-from-the-future")) {
      try ResultStore(file, create: true)
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func `a file that is no database, and another program's database, are left as they were`() throws {
    try Data(repeating: 65, count: 5000).write(to: file)
    #expect(throws: StoreError.notAStore(path: file.path)) { try ResultStore(file, create: true) }
    #expect(try Data(contentsOf: file) == Data(repeating: 65, count: 5000))
    let other = folder.url.appendingPathComponent("other.sqlite")
    try DatabaseQueue(path: other.path).write { try $0.execute(sql: "CREATE TABLE run (x)") }
    let before = try Data(contentsOf: other)
    #expect(throws: StoreError.notAStore(path: other.path)) { try ResultStore(other, create: true) }
    #expect(try Data(contentsOf: other) == before)
  }

  @Test func `a folder in the store's place, and a path below a file, are unwritable`() throws {
    #expect { try ResultStore(folder.url, create: true) } throws: { error in
      if case .unwritable(folder.url.path, _)? = error as? StoreError { true } else { false }
    }
    try Data("x".utf8).write(to: folder.url.appendingPathComponent("plain"))
    let below = folder.url.appendingPathComponent("plain/store.sqlite")
    #expect { try ResultStore(below, create: true) } throws: { error in
      if case .unwritable(below.path, _)? = error as? StoreError { true } else { false }
    }
  }

  @Test func `every message names the file`() {
    let errors: [StoreError] = [
      .missing(path: "/p"), .notAStore(path: "/p"), .damaged(path: "/p", reason: "r"),
      .newerSchema(path: "/p", step: "9"), .locked(path: "/p"), .unwritable(path: "/p", reason: "r"),
      .diskFull(path: "/p"), .noSuchRun(path: "/p", name: "n", known: ["m"]),
      .failed(path: "/p", reason: "r"),
    ]
    for error in errors { #expect("\(error)".hasPrefix("/p: ")) }
  }
}
