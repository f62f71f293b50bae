import Foundation
import GRDB
import ReferenceFixtures
import Statistics
import Testing

/// Whatever happens to a run, the same commands again end as if nothing had: the fault harness. `scripts/faults N` runs
/// it with N kills of each kind, from a seed that it prints.
@Suite(.serialized) struct FaultTests {
  let folder: TemporaryFolder
  let run: FaultedRun

  private static let environment = ProcessInfo.processInfo.environment
  /// Of each kind.
  static let kills = environment["TOME_EVAL_FAULTS"].flatMap { Int($0) } ?? 5
  static let seed = environment["TOME_EVAL_FAULT_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)

  init() throws {
    folder = try TemporaryFolder()
    run = FaultedRun(folder.url.appendingPathComponent("run"))
  }

  /// What is killed.
  enum Victim: String, CaseIterable { case sweep, scoring, report }

  @Test(.timeLimit(.minutes(60)), arguments: Victim.allCases)
  func `a process that is killed at any moment loses nothing`(victim: Victim) throws {
    func seconds(_ command: [String]) throws -> Double {
      let start = ContinuousClock.now
      try run.finish(command)
      return start.duration(to: .now) / .seconds(1)
    }
    let sweepSeconds = try seconds(run.sweep)
    let undisturbed = try run.state()
    #expect(undisturbed.samples.count == 8 && undisturbed.pictures.count == 8)
    let command = victim == .report ? run.report : run.sweep
    // A moment is one of the victim's own: most of a sweep's length is past a report's end.
    if victim != .sweep { try forget(victim) }
    let length = victim == .sweep ? sweepSeconds : try seconds(command)
    var random = SplitMix64(seed: Self.seed)
    var (kills, finished) = (0, 0)
    while kills < Self.kills {
      // What was killed goes on where it was; what came to its end begins anew.
      if kills + finished == 0 || finished > 0 {
        try forget(victim)
        finished = 0
      }
      let tool = try Tool.start(command)
      Thread.sleep(forTimeInterval: Double.random(in: 0...length, using: &random))
      tool.send(SIGKILL)
      let result = try tool.finish()
      if result.status == 0 {
        finished += 1
        #expect(try run.state() == undisturbed, "seed \(Self.seed), kill \(kills)")
        continue
      }
      kills += 1
      #expect(result.status == 128 + SIGKILL, "seed \(Self.seed), kill \(kills): \(result.errors)")
      try run.expectNothingPromisedIsLost()
    }
    try run.finish(command)
    #expect(try run.state() == undisturbed, "seed \(Self.seed)")
  }

  private func forget(_ victim: Victim) throws {
    switch victim {
    case .sweep: try FileManager.default.removeItem(at: run.folder)
    case .scoring: try run.forgetScores()
    case .report: try run.forgetReport()
    }
  }

  /// A limit of the size of files stands for a full disk: nobody fills one here.
  @Test(.timeLimit(.minutes(10)), arguments: [4, 40, 120])
  func `a disk that is full in the midst of a sweep is said, and loses nothing`(kilobytes: Int) throws {
    let whole = FaultedRun(folder.url.appendingPathComponent("whole"), size: 256)
    try whole.finish(whole.sweep)
    let small = FaultedRun(folder.url.appendingPathComponent("run"), size: 256)
    let full = try Tool.run(small.sweep, launcher: .fileSize(kilobytes))
    #expect((1...3).contains(full.status), "\(full.status): \(full.errors)")
    #expect(full.errors.contains(small.folder.path), "\(full.errors)")
    try small.expectNothingPromisedIsLost()
    try small.finish(small.sweep)
    let (expected, state) = (try whole.state(), try small.state())
    #expect(state.samples == expected.samples && state.scores == expected.scores)
    #expect(state.pictures == expected.pictures && state.files == expected.files)
  }

  @Test(.timeLimit(.minutes(10))) func `a store that another process keeps locked is said, and left alone`()
    throws
  {
    try run.finish(run.sweep)
    let undisturbed = try run.state()
    let other = try DatabaseQueue(path: run.store.path)
    try other.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      let swept = try Tool.run(run.sweep)
      #expect(swept.status == 2 && swept.errors.contains("locked by another process"), "\(swept.errors)")
      // Readers take a copy of it as it was.
      let compared = try Tool.run(["compare", "--output", run.folder.path])
      #expect(compared.status == 0, "\(compared.errors)")
      try db.execute(sql: "ROLLBACK")
    }
    try run.finish(run.sweep)
    #expect(try run.state() == undisturbed)
  }

  /// What can become of a picture's file.
  enum Harm: String, CaseIterable {
    case gone, damaged, replaced

    func befall(_ file: URL, other: URL) throws {
      switch self {
      case .gone: try FileManager.default.removeItem(at: file)
      case .damaged: try Data(contentsOf: file).prefix(100).write(to: file)
      case .replaced: try Data(contentsOf: other).write(to: file)
      }
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: Harm.allCases)
  func `a picture that is not what was scored is found by every command`(harm: Harm) throws {
    try run.finish(run.sweep)
    let undisturbed = try run.state()
    let names = undisturbed.pictures.keys.sorted()
    try harm.befall(
      run.folder.appendingPathComponent(names[2]), other: run.folder.appendingPathComponent(names[5]))

    let files = try Tool.run("verify", "--files-only", "--output", run.folder.path)
    #expect(files.status == 1 && files.output.contains(names[2]), "\(files.output)")
    #expect(files.output.contains("7 of 8 files are what was stored\nfiles: 1 \(harm.rawValue)"))
    let verified = try Tool.run("verify", "--samples", "8", "--output", run.folder.path, "--json")
    #expect(verified.status == 1, "\(verified.errors)")
    let json = try verified.json()
    // The pictures come out as they are stored; it is the file that is wrong.
    #expect(json["equal"] as? Bool == true && json["files_unchanged"] as? Bool == false)
    let states = try #require(json["pictures"] as? [[String: Any]]).compactMap { $0["file"] as? String }
    #expect(states.filter { $0 != "stored" } == [harm.rawValue])

    _ = try Tool.run(run.report)
    let page = try String(contentsOf: run.folder.appendingPathComponent("index.html"), encoding: .utf8)
    let words = ["gone": "is gone", "damaged": "is damaged", "replaced": "was replaced since it was scored"]
    #expect(page.contains("The file \(names[2]) \(words[harm.rawValue] ?? "")"))
    #expect(!page.contains("src=\"\(names[2])\""))

    try run.finish(run.sweep)
    #expect(try run.state() == undisturbed)
    #expect(try Tool.run("verify", "--files-only", "--output", run.folder.path).status == 0)
  }
}
