import Foundation
import Images
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

/// The report's options, on small real sweeps.
@Suite struct ReportCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// The new run's name.
  @discardableResult
  func sweep(_ output: String, ratios: String, _ more: String...) throws -> String {
    let result = try Tool.run(
      ["sweep", "--limit", "2", "--ratios", ratios, "--steps", "1", "--no-checks", "--json", "--output"]
        + [path(output)] + more)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try result.json()["run"] as? String)
  }

  func page(_ name: String) throws -> String {
    try String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
  }

  @Test func `a single file goes where it is told, and says its size`() throws {
    try sweep("run", ratios: "0,0.5")
    let result = try Tool.run(
      "report", "--output", path("run"), "--single-file", "--to", path("sent/one.html"), "--json")
    #expect(result.status == 0, "\(result.errors)")
    let html = try page("sent/one.html")
    #expect(try result.json()["bytes"] as? Int == html.utf8.count)
    #expect(html.matches(of: /src="data:image\/png;base64,/).count == 4)
    #expect(html.matches(of: /data-difference="data:image\/png;base64,/).count == 2)
    let plain = try Tool.run("report", "--output", path("run"), "--single-file")
    #expect(plain.output.contains(/report: .*run\/report\.html \([0-9.]+ [KM]iB\)/))
  }

  @Test func `runs stand side by side, of one store and of two`() throws {
    let first = try sweep("run", ratios: "0,0.5")
    let second = try sweep("run", ratios: "0,0.3,0.5")
    let one = try Tool.run("report", "--output", path("run"), "--run", first, "--run", second, "--json")
    #expect(one.status == 0, "\(one.errors)")
    #expect(try one.json()["run"] as? String == first && one.json()["against"] as? String == second)
    let html = try page("run/comparison.html")
    #expect(html.matches(of: /data-ratio="B 0\.3"/).count == 2)
    #expect(html.matches(of: /data-ratio="A 0\.5"/).count == 2)
    #expect(html.contains("href=\"comparison-ratios.csv\""))

    try sweep("other", ratios: "0,0.5", "--seeds", "0,1")
    let two = try Tool.run(
      "report", "--output", path("other"), "--against-store", path("run/tome-eval.sqlite"), "--against-run",
      first, "--to", path("both"), "--all-rows")
    #expect(two.status == 0, "\(two.errors)")
    let both = try page("both/comparison.html")
    #expect(both.contains("Run B has no seed 1"))
    #expect(both.contains("src=\"run-\(first)/images/") && both.contains("src=\"images/"))
  }

  @Test func `what cannot stand side by side is refused in a sentence`() throws {
    let first = try sweep("run", ratios: "0,0.5")
    let second = try sweep("run", ratios: "0,0.5", "--seeds", "7")
    let apart = try Tool.run("report", "--output", path("run"), "--run", first, "--run", second)
    #expect(apart.status == 2)
    #expect(apart.errors.contains("cannot be laid side by side: no seed is in both"))
    let same = try Tool.run("report", "--output", path("run"), "--run", first, "--run", first)
    #expect(same.status == 2 && same.errors.contains("beside itself"))
    for arguments in [
      ["--run", first, "--run", second, "--against-run", first], ["--run", "a", "--run", "b", "--run", "c"],
      ["--against-output", path("run")], ["--run", first, "--against-run", "none"], ["--all-rows"],
      ["--no-pixel-scores"],
      ["--against-run", second, "--against-output", path("run"), "--against-output", path("run")],
    ] {
      #expect(try Tool.run(["report", "--output", path("run")] + arguments).status == 2)
    }
  }

  @Test(.timeLimit(.minutes(5))) func `a live sweep's page loads itself again until the sweep is over`()
    throws
  {
    let tool = try Tool.start([
      "sweep", "--limit", "3", "--ratios", "0,0.5", "--steps", "8", "--size", "128x128", "--live", "--output",
      path("run"),
    ])
    var running: String?
    while tool.isRunning {
      if let html = try? page("run/index.html"), html.contains("http-equiv=\"refresh\"") { running = html }
      Thread.sleep(forTimeInterval: 0.02)
    }
    let result = try tool.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("live report: "))
    // The two pictures of the null checks are counted, too.
    #expect(try #require(running).contains("1 of 8 pictures is made"))
    let final = try page("run/index.html")
    #expect(!final.contains("http-equiv=\"refresh\"") && !final.contains("The sweep is running"))
    #expect(final.matches(of: /<li class="row"/).count == 3)
  }

  @Test func `a run knows the checkout of the program that made it`() throws {
    try sweep("run", ratios: "0")
    let store = try ResultStore(folder.url.appendingPathComponent("run/tome-eval.sqlite"))
    let contents = try store.contents(ofRun: store.latestRun().id)
    let version = try #require(contents.executions.first).toolVersion
    let words = try Tool.run("--version").output
    #expect(words.hasPrefix("\(version), kernels "))
    let number = words.prefix { !" ,".contains($0) }
    let git = Process()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "-C", Tool.url.deletingLastPathComponent().path, "rev-parse", "HEAD"]
    let (output, errors) = (Pipe(), Pipe())
    git.standardOutput = output
    git.standardError = errors
    try git.run()
    let commit = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    // Also tested from an archive without Git.
    #expect(
      version
        == (git.terminationStatus == 0 ? "\(number) (checkout at \(commit.prefix(12)))" : number))
    #expect(try page("run/index.html").contains("tome-eval \(version)"))
  }
}
