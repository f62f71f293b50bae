import Foundation
import GRDB
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Evaluation

extension MergeOutcome {
  /// Whatever they were scored by: drawn pictures have some scores only.
  fileprivate var hasAllPictures: Bool { pending + failed == 0 && damages.isEmpty && !isInterrupted }
}

/// Stores of shards and others, merged without a model.
@Suite struct StoreMergeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }
  private func file(_ name: String) -> URL { url(name).appendingPathComponent("results.sqlite") }

  private func run() -> SyntheticRun {
    var run = SyntheticRun()
    (run.prompts, run.ratios, run.size) = (Array(SyntheticRun.samplePrompts.prefix(9)), [0, 0.5], 32)
    run.lpips = "lpips-weights"
    return run
  }

  /// Makes a shard of the run.
  @discardableResult private func make(
    _ name: String, shard: Shard? = nil, change: (inout SyntheticRun) -> Void = { _ in }
  ) throws -> RunContents {
    var run = run()
    if let shard { run.fate = { prompt, _, _ in shard.contains(prompt.text) ? nil : .pending } }
    change(&run)
    return try run.make(in: url(name))
  }

  private func makeShards(_ count: Int) throws -> [String] {
    try (1...count).map { number in
      try make("shard-\(number)", shard: Shard(number, of: count)) { run in
        run.executions = [SyntheticRun.execution(cpu: "CPU of shard \(number)")]
      }
      return "shard-\(number)"
    }
  }

  @discardableResult private func merge(
    _ names: [String], into target: String, preferring: [String] = [], copies: Bool = false
  ) throws -> MergeOutcome {
    let store = try ResultStore(url(target).appendingPathComponent("tome-eval.sqlite"), access: .creating)
    let merge = try StoreMerge(
      names.map(file), preferring: preferring.map(file), into: store, folder: url(target), copies: copies)
    return try #require(merge.run().first)
  }

  private func contents(_ target: String) throws -> RunContents {
    let store = try ResultStore(url(target).appendingPathComponent("tome-eval.sqlite"))
    return try store.contents(ofRun: store.latestRun().id)
  }

  /// Every row of every table.
  private func dump(_ target: String) throws -> [String: [Row]] {
    let queue = try DatabaseQueue(path: url(target).appendingPathComponent("tome-eval.sqlite").path)
    return try queue.read { db in
      let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
      return try Dictionary(
        uniqueKeysWithValues: tables.map { ($0, try Row.fetchAll(db, sql: "SELECT * FROM \($0)")) })
    }
  }

  /// A sample as the stores agree on it.
  private struct Picture: Hashable {
    let prompt: String
    let variant: String
    let seed: Seed
    let fileHash: String?
    let pixelHash: String?
    let seconds: Double?
    let scores: [String]
  }

  private func pictures(_ contents: RunContents) -> Set<Picture> {
    let scores = Dictionary(grouping: contents.scores, by: \.sampleID)
    return Set(
      contents.samples.map { sample in
        Picture(
          prompt: contents.prompts.first { $0.id == sample.promptID }?.text ?? "",
          variant: contents.variants.first { $0.id == sample.variantID }?.key ?? "", seed: sample.seed,
          fileHash: sample.picture?.fileHash, pixelHash: sample.picture?.pixelHash, seconds: sample.seconds,
          scores: scores[sample.id, default: []].map { score in
            let scorer = contents.scorers.first { $0.id == score.scorerID }?.fingerprint ?? ""
            return "\(score.metric) \(scorer) \(score.value ?? 0)"
          }.sorted())
      })
  }

  @Test func `shards come to what one process makes, row for row, in any order`() throws {
    let whole = try make("whole")
    let names = try makeShards(3)
    // What one of them alone knows.
    let last = try ResultStore(file(names[2]), access: .writing)
    try last.note(unread: "end", ofPrompt: last.contents(ofRun: last.latestRun().id).prompts[1].id)
    let outcome = try merge(names, into: "merged")
    #expect(outcome.total == 36 && outcome.taken == 36 && outcome.known == 0 && outcome.linked == 36)
    #expect(outcome.hasAllPictures && outcome.conflicts.isEmpty)
    let merged = try contents("merged")
    #expect(merged.prompts.map(\.unread).prefix(2) == [nil, "end"])
    #expect(merged.samples.map(\.contentKey) == whole.samples.map(\.contentKey))
    #expect(pictures(merged) == pictures(whole) && merged.scores.count == whole.scores.count)
    #expect(merged.scorers.map(\.fingerprint) == whole.scorers.map(\.fingerprint))
    #expect(merged.prompts.map(\.row) == whole.prompts.map(\.row))
    #expect(merged.executions.map(\.machine.cpu).sorted() == (1...3).map { "CPU of shard \($0)" })
    // Each picture by the machine that made it.
    for sample in merged.samples {
      let prompt = try #require(merged.prompts.first { $0.id == sample.promptID })
      let number = try #require((1...3).first { Shard($0, of: 3)?.contains(prompt.text) == true })
      #expect(merged.execution(of: sample)?.machine.cpu == "CPU of shard \(number)")
    }
    let check = try FileCheck(of: merged, folders: PictureFolders(url("merged")))
    #expect(check.results.count == 36 && check.changed.isEmpty)
    let rows = try dump("merged")
    #expect(rows["score"]?.count == whole.scores.count)
    // One for every picture that has a baseline.
    #expect(merged.differences.count == whole.differences.count && !merged.differences.isEmpty)
    #expect(Set(merged.differences.map(\.map)) == Set(whole.differences.map(\.map)))
    for (index, order) in [[2, 0, 1], [1, 2, 0], [2, 1, 0]].enumerated() {
      try merge(order.map { names[$0] }, into: "merged-\(index)")
      #expect(try dump("merged-\(index)") == rows)
    }
  }

  @Test func `what is merged again is there, and what is new is added`() throws {
    let names = try makeShards(3)
    let first = try merge([names[2], names[0]], into: "merged")
    #expect(!first.hasAllPictures && first.pending > 0 && first.pending == 36 - first.taken)
    let second = try merge(names, into: "merged")
    #expect(second.known == first.taken && second.taken == first.pending && second.hasAllPictures)
    let third = try merge(names, into: "merged")
    #expect(third.known == 36 && third.taken == 0 && third.hasAllPictures)
    #expect(try contents("merged").executions.count == 3)
    let whole = try make("whole")
    #expect(try pictures(contents("merged")) == pictures(whole))
  }

  @Test func `a file has two names on one file system, or is copied`() throws {
    let names = try makeShards(2)
    func number(_ url: URL) throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: url.path)[.systemFileNumber] as? Int)
    }
    func numbers(_ target: String) throws -> Set<Int> {
      let folders = PictureFolders(url(target))
      return Set(try contents(target).samples.compactMap(\.picture).map { try number(folders.url(of: $0)) })
    }
    let sources = try Set(
      names.flatMap { name in
        let images = url(name).appendingPathComponent("images")
        return try FileManager.default.contentsOfDirectory(atPath: images.path).map {
          try number(images.appendingPathComponent($0))
        }
      })
    try merge(names, into: "linked")
    #expect(try numbers("linked") == sources)
    let copied = try merge(names, into: "copied", copies: true)
    #expect(copied.linked == 0 && copied.taken == 36)
    #expect(try numbers("copied").isDisjoint(with: sources))
    let left = try FileManager.default.contentsOfDirectory(atPath: url("linked/images").path)
    #expect(left.count == 36 && left.allSatisfy { !$0.hasPrefix(".") })
  }

  @Test func `a picture that is cut or gone is left out and named, unless another store has it`() throws {
    let names = try makeShards(2)
    let shard = try ResultStore(file("shard-1"))
    let done = try shard.contents(ofRun: shard.latestRun().id).samples.filter { $0.state == .done }
    let paths = try done.prefix(2).map { try #require($0.picture).path }
    let (cut, gone) = (url("shard-1/\(paths[0])"), url("shard-1/\(paths[1])"))
    let bytes = try Data(contentsOf: cut)
    try bytes.prefix(bytes.count / 2).write(to: cut)
    try FileManager.default.removeItem(at: gone)
    let outcome = try merge(names, into: "merged")
    #expect(outcome.damages.map(\.path) == paths && outcome.damages.map(\.state) == [.damaged, .gone])
    #expect(outcome.damages[0].description.contains("shard-1/results.sqlite: images/"))
    #expect(outcome.pending == 2 && outcome.taken == 34 && !outcome.hasAllPictures)
    let merged = try contents("merged")
    #expect(
      merged.samples.filter { $0.state == .pending }.map(\.contentKey) == done.prefix(2).map(\.contentKey))
    #expect(merged.scores.allSatisfy { score in merged.samples.contains { $0.id == score.sampleID } })
    // The same pictures, by another process.
    try make("whole")
    let second = try merge(names + ["whole"], into: "merged")
    #expect(second.damages.isEmpty && second.taken == 2 && second.hasAllPictures)
    #expect(try pictures(contents("merged")) == pictures(contents(of: "whole")))
  }

  private func contents(of source: String) throws -> RunContents {
    let store = try ResultStore(file(source))
    return try store.contents(ofRun: store.latestRun().id)
  }

  @Test func `other pixels of one picture are a conflict, and the same store wins in any order`() throws {
    let (early, late) = (Date(timeIntervalSince1970: 1000), Date(timeIntervalSince1970: 2000))
    func began(_ date: Date) -> ExecutionRecord {
      var execution = SyntheticRun.execution()
      execution.began = date
      return execution
    }
    let prompt = SyntheticRun.samplePrompts[3]
    try make("b") { $0.executions = [began(early)] }
    try make("a") { run in
      run.executions = [began(late)]
      run.isIdentical = { other, variant, seed in other.text == prompt.text && seed == 1 }
    }
    let first = try merge(["a", "b"], into: "merged")
    let conflict = try #require(first.conflicts.first)
    #expect(first.conflicts.count == 1 && first.hasAllPictures)
    #expect(conflict.subject == "\(prompt.text), ratio 0.5, seed 1")
    #expect(conflict.kept == file("b").path && conflict.left == file("a").path)
    #expect(try pictures(contents("merged")) == pictures(contents(of: "b")))
    let second = try merge(["b", "a"], into: "other")
    #expect(second.conflicts == first.conflicts)
    #expect(try dump("merged") == dump("other"))
    // A store that came before does not win for that.
    try merge(["a"], into: "steps")
    let third = try merge(["b"], into: "steps")
    #expect(third.conflicts.map(\.kept) == [file("b").path] && third.taken == 1)
    #expect(try pictures(contents("steps")) == pictures(contents(of: "b")))
    let preferred = try merge(["b", "a"], into: "preferred", preferring: ["a"])
    #expect(preferred.conflicts.map(\.kept) == [file("a").path])
    #expect(try pictures(contents("preferred")) == pictures(contents(of: "a")))
    #expect(throws: EvaluationError.notMerged(path: file("c").path)) {
      try merge(["b", "a"], into: "preferred", preferring: ["c"])
    }
  }

  @Test func `why a picture failed is taken where nobody has it`() throws {
    let texts = SyntheticRun.samplePrompts.prefix(2).map(\.text)
    try make("a") { $0.fate = { prompt, _, _ in texts.contains(prompt.text) ? .failed : nil } }
    let outcome = try merge(["a"], into: "merged")
    #expect(outcome.failed == 8 && outcome.taken == 28 && !outcome.hasAllPictures)
    #expect(
      try contents("merged").samples.compactMap(\.error)
        == Array(repeating: "not finite after step 3", count: 8))
    try make("b")
    let second = try merge(["a", "b"], into: "merged")
    #expect(second.failed == 0 && second.hasAllPictures)
    #expect(try contents("merged").samples.allSatisfy { $0.error == nil })
  }

  @Test func `scores that a store lacks come from another, and checks from whoever made them`() throws {
    try make("a") { $0.lpips = nil }
    try merge(["a"], into: "merged")
    try make("b") { $0.clips = [] }
    let store = try ResultStore(file("b"), access: .writing)
    let run = try store.contents(ofRun: store.latestRun().id)
    let variant = try #require(run.variants.last)
    try store.save(
      [
        NullCheckRecord(
          runID: run.run.id, kind: .repetition, variantID: variant.id, outcome: .passed,
          detail: "the same bits")
      ], ofRun: run.run.id)
    let outcome = try merge(["a", "b"], into: "merged")
    let merged = try contents("merged")
    // Drawn pictures lack some of the scores that compare with a baseline.
    #expect(outcome.known == 36 && outcome.unscored == 18)
    #expect(merged.scorers.map(\.kind) == [.pixels, .clip, .lpips])
    #expect(merged.scores.count { $0.metric == .lpips } == 18)
    let check = try #require(outcome.nullChecks.first { $0.kind == .repetition })
    #expect(check.outcome == .passed && check.variantID == merged.variants.last?.id)
    #expect(outcome.nullChecks.first { $0.kind == .zeroRatio }?.outcome == .pending)
    #expect(outcome.nullChecks.first { $0.kind == .effect }?.outcome == .passed)
  }

  @Test func `nothing is made where a store cannot be read`() throws {
    try make("a")
    try Data("no store".utf8).write(to: url("broken.sqlite"))
    let store = try ResultStore(url("merged/tome-eval.sqlite"), access: .creating)
    for other in [url("broken.sqlite"), url("none.sqlite")] {
      let merge = try StoreMerge([file("a"), other], into: store, folder: url("merged"))
      #expect(throws: StoreError.self) { try merge.run() }
    }
    #expect(try store.runs().isEmpty)
    #expect(throws: EvaluationError.nothingToMerge) {
      try StoreMerge([URL(fileURLWithPath: store.path)], into: store, folder: url("merged"))
    }
  }
}
