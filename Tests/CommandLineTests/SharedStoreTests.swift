import Foundation
import GRDB
import ReferenceFixtures
import Testing

/// Stores that several runs, processes or versions share.
@Suite struct SharedStoreTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  func arguments(_ output: String, _ more: String...) -> [String] {
    [
      "sweep", "--limit", "2", "--steps", "1", "--ratios", "0,0.5", "--size", "64x64", "--no-checks",
      "--store",
      path("shared.sqlite"), "--output", path(output),
    ] + more
  }

  @Test func `two sweeps that begin one store together both end well`() throws {
    for _ in 0..<3 {
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: path("shared.sqlite") + suffix)
      }
      let first = try Tool.start(arguments("a"))
      let second = try Tool.start(arguments("b", "--guidance-scale", "2"))
      for result in [try first.finish(), try second.finish()] {
        #expect(result.status == 0, "\(result.errors)")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      #expect(names.sorted() == ["a", "b", "shared.sqlite"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func `a live page stays with its own run, whoever sweeps into the store`()
    throws
  {
    let tool = try Tool.start(
      arguments("a", "--live", "--limit", "3", "--steps", "40", "--json"))
    var titles: Set<String> = []
    var other: Tool.Result?
    while tool.isRunning {
      if let html = try? String(contentsOfFile: path("a/index.html"), encoding: .utf8),
        let title = html.firstMatch(of: /<title>(.*?)<\/title>/)
      {
        titles.insert(String(title.1))
        // Now the latest run of the store is another.
        if other == nil { other = try Tool.run(arguments("b", "--json")) }
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    let result = try tool.finish()
    #expect(result.status == 0 && other?.status == 0, "\(result.errors)")
    let (own, others) = (
      try #require(result.json()["run"] as? String), try #require(other?.json()["run"] as? String)
    )
    #expect(own != others && titles.allSatisfy { $0.contains(own) }, "\(titles)")
  }

  @Test func `pictures are found wherever the run's folder is, and moved together with their store`() throws {
    #expect(try Tool.run(arguments("deep/run")).status == 0)
    // The same run into another folder finds its pictures in the first.
    let again = try Tool.run(arguments("other", "--json"))
    #expect(try again.json()["reused"] as? Int == 4)
    let page = try Tool.run(
      "report", "--store", path("shared.sqlite"), "--output", path("other"), "--to", path("page"))
    #expect(page.status == 0, "\(page.errors)")
    let html = try String(contentsOfFile: path("page/index.html"), encoding: .utf8)
    #expect(html.matches(of: /<li class="row"/).count == 2 && !html.contains("cannot be shown"))
    // A store beside the run's folder, not above it.
    let apart = try Tool.run([
      "sweep", "--limit", "1", "--steps", "1", "--ratios", "0", "--size", "64x64", "--store",
      path("stores/s.sqlite"), "--output", path("runs/r"), "--json",
    ])
    #expect(apart.status == 0, "\(apart.errors)")
    #expect(
      try Tool.run("compare", "--store", path("stores/s.sqlite"), "--output", path("runs/r")).status == 0)
  }

  @Test func `a reference store of an earlier version is read, and stays byte for byte what it was`() throws {
    let old = URL(fileURLWithPath: path("old.sqlite"))
    let dump = try String(
      contentsOf: Fixture.root.appendingPathComponent("Stores/schema-4.sql"), encoding: .utf8)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: old.path, configuration: configuration).writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA journal_mode = WAL;" + dump)
    }
    let before = try Data(contentsOf: old)
    let compared = try Tool.run("compare", "--store", old.path, "--json")
    #expect(compared.status == 3, "\(compared.errors)")
    let rows = try #require(try compared.json()["ratios"] as? [[String: Any]])
    #expect(rows.compactMap { $0["label"] as? String }.contains("0.9"))
    #expect(rows.filter { $0["images"] as? Int == 4 }.count == 2)
    let report = try Tool.run("report", "--store", old.path, "--output", path("none"), "--to", path("page"))
    #expect(report.status == 3, "\(report.errors)")
    let html = try String(contentsOfFile: path("page/index.html"), encoding: .utf8)
    #expect(html.contains("demo-") && html.contains("is gone"))
    let made = try Tool.run([
      "sweep", "--limit", "1", "--steps", "2", "--size", "64x64", "--ratios", "0,0.5", "--output",
      path("run"),
    ])
    #expect(made.status == 0)
    let against = try Tool.run("compare", "--output", path("run"), "--against-store", old.path)
    #expect(against.errors.contains("warning:"), "\(against)")
    #expect(try Data(contentsOf: old) == before)
    #expect(!FileManager.default.fileExists(atPath: old.path + "-wal"))
  }
}
