import Foundation
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

/// A sweep that is stopped anywhere and started again ends as one that was not.
@Suite(.serialized) struct InterruptionTests {
  let folder: TemporaryFolder
  var run: URL { folder.url.appendingPathComponent("run") }
  var images: URL { run.appendingPathComponent("images") }
  var arguments: [String] {
    [
      "sweep", "--limit", "3", "--ratios", "0,0.5", "--steps", "8", "--size", "128x128", "--json", "--output",
      run.path,
    ]
  }

  init() throws { folder = try TemporaryFolder() }

  func pictures() -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: images.path)
    return (names ?? []).filter { $0.hasSuffix(".png") }
  }

  /// Starts the sweep and sends `signal` once some pictures, but not all, are there.
  func stop(with signal: Int32) throws -> Tool.Result {
    let tool = try Tool.start(arguments)
    let deadline = Date(timeIntervalSinceNow: 300)
    while pictures().count < 2, tool.isRunning, Date.now < deadline { Thread.sleep(forTimeInterval: 0.005) }
    tool.send(signal)
    return try tool.finish()
  }

  func expectComplete() throws {
    let store = try ResultStore(run.appendingPathComponent("tome-eval.sqlite"))
    #expect(try store.runs().count == 1)
    let contents = try store.contents(ofRun: store.latestRun().id)
    #expect(contents.samples.count == 6)
    #expect(contents.samples.allSatisfy { $0.state == .done })
    let paths = contents.samples.compactMap(\.picture?.path.text)
    #expect(Set(paths).count == 6)
    let files = try FileManager.default.contentsOfDirectory(atPath: images.path)
    #expect(files.map { "images/\($0)" }.sorted() == paths.sorted())
    // Three baselines with a CLIP score alone, three others with every score.
    #expect(contents.scores.count == 3 + 3 * Metric.allCases.count { [.pixels, .clip].contains($0.scorer) })
  }

  func dates() throws -> [Date?] {
    try pictures().sorted().map { name in
      let path = images.appendingPathComponent(name).path
      return try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
  }

  /// Under `nohup` the program ignores a hang-up, as it should, and the tests' programs are under it, too.
  static var signals: [Int32] {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    let isIgnored =
      unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
    return [SIGINT, SIGTERM, SIGKILL] + (isIgnored ? [] : [SIGHUP])
  }

  @Test(.timeLimit(.minutes(10)), arguments: signals)
  func `every picture is there once, and the third sweep does nothing`(signal: Int32) throws {
    let stopped = try stop(with: signal)
    #expect(stopped.status == (signal == SIGKILL ? 128 + SIGKILL : 130), "\(stopped.errors)")
    #expect((2..<6).contains(pictures().count))
    if signal != SIGKILL { #expect(try stopped.json()["interrupted"] as? Bool == true) }

    let resumed = try Tool.run(arguments)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try resumed.json()["total"] as? Int == 6)
    #expect(try #require(resumed.json()["reused"] as? Int) >= 1)
    try expectComplete()

    let before = try dates()
    let third = try Tool.run(arguments)
    #expect(third.status == 0)
    #expect(try third.json()["made"] as? Int == 0 && third.json()["scored"] as? Int == 0)
    #expect(try third.json()["reused"] as? Int == 6)
    #expect(try dates() == before)
    try expectComplete()
  }
}
