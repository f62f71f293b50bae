import Foundation
import ReferenceFixtures
import Testing

/// Runs against runs, on small real sweeps.
@Suite struct ComparedRunsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// The new run's name.
  private func sweep(_ output: String, _ more: String...) throws -> String {
    let result = try Tool.run(
      [
        "sweep", "--limit", "2", "--ratios", "0,0.5", "--steps", "1", "--size", "64x64", "--no-checks",
        "--json",
      ]
        + ["--output", path(output)] + more)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(try result.json()["run"] as? String)
  }

  @Test func `pictures that are made again are bit-identical, in the terminal and on the page`() throws {
    _ = try sweep("one")
    _ = try sweep("two")
    let store = path("two/tome-eval.sqlite")
    let table = try Tool.run("compare", "--output", path("one"), "--against-store", store)
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.contains("4 of 4 pictures are bit-identical."), "\(table.output)")
    let json = try Tool.run("compare", "--output", path("one"), "--against-store", store, "--json").json()
    let rows = try #require(json["ratios"] as? [[String: Any]])
    #expect(rows.map { $0["bit_identical"] as? Int } == [2, 2])
    #expect(rows.map { $0["bit_compared"] as? Int } == [2, 2])
    #expect(rows.map { ($0["means"] as? [String: Any])?["ssim"] as? Double } == [1, 1])
    #expect(rows.map { ($0["means"] as? [String: Any])?["rmse"] as? Double } == [0, 0])
    let gate = try Tool.run(
      "compare", "--output", path("one"), "--against-store", store, "--fail-if", "ssim.mean < 0.999",
      "--fail-if", "clip_score.delta != 0")
    #expect(gate.status == 0, "\(gate.errors)")
    let report = try Tool.run(
      "report", "--output", path("one"), "--against-store", store, "--to", path("page"))
    #expect(report.status == 0, "\(report.errors)")
    let html = try String(contentsOfFile: path("page/comparison.html"), encoding: .utf8)
    #expect(html.contains("4 of 4 pictures are bit-identical."))
  }

  @Test func `several runs are compared with the first, whatever they differ in`() throws {
    let first = try sweep("run")
    let second = try sweep("run", "--guidance-scale", "2")
    let third = try sweep("run", "--scheduler", "euler")
    let runs = ["--output", path("run"), "--run", first, "--run", second, "--run", third]
    let json = try Tool.run(["compare", "--json"] + runs)
    #expect(json.status == 0, "\(json.errors)")
    let comparisons = try #require(try json.json()["comparisons"] as? [[String: Any]])
    #expect(comparisons.map { $0["run"] as? String } == [second, third])
    #expect(comparisons.map { $0["against"] as? String } == ["run \(first)", "run \(first)"])
    for (comparison, field) in zip(comparisons, ["guidance_scale", "scheduler"]) {
      let notes = try #require(comparison["notes"] as? [String])
      #expect(notes.contains { $0.hasPrefix("the runs differ in: \(field) ") }, "\(notes)")
      let rows = try #require(comparison["ratios"] as? [[String: Any]])
      #expect(rows.map { $0["label"] as? String } == ["0", "0.5"])
      // Another guidance makes other pictures.
      #expect(rows.allSatisfy { $0["bit_compared"] as? Int == 2 })
    }
    #expect(
      json.errors.contains("warning: \(second): the runs differ in: guidance_scale 2 / "), "\(json.errors)")
    let table = try Tool.run(["compare"] + runs)
    #expect(table.output.contains("\(third) against run \(first)"), "\(table.output)")
    let csv = try Tool.run(["compare", "--format", "csv"] + runs)
    #expect(csv.output.split(whereSeparator: \.isNewline).count == 1 + 2 + 2)
    let failing = try Tool.run(["compare", "--fail-if", "ssim.mean < 2"] + runs)
    #expect(
      failing.status == 1 && failing.errors.contains("\(third): gate failed: ssim.mean < 2"), "\(failing)")

    let report = try Tool.run(["report", "--to", path("page"), "--json"] + runs)
    #expect(report.status == 0, "\(report.errors)")
    #expect(try report.json()["others"] as? [String] == [second, third])
    let html = try String(contentsOfFile: path("page/comparison.html"), encoding: .utf8)
    let columns = html.matches(of: /data-column="([A-C] [0-9.]+)" data-run/).map { String($0.1) }
    #expect(columns == ["A 0", "B 0", "C 0", "A 0.5", "B 0.5", "C 0.5"])
    #expect(html.contains("C and A: the runs differ in: scheduler "))
  }

  @Test func `what cannot be compared is refused in a sentence`() throws {
    let first = try sweep("run")
    for (arguments, words) in [
      (["--run", first, "--run", first], "cannot be laid beside itself"),
      (["--run", first, "--run", "none"], "none"),
      (["--against", "0.5", "--against-run", first], "give one of them"),
      (["--lpips", path("none")], "name one with --against-run"),
      (["--margin", "0.5sd"], "no prompt of run '\(first)' has scores of two seeds"),
      (
        ["--against-run", "a", "--against-run", "b", "--against-run", "c", "--against-store", "x"]
          + ["--against-store", "y"], "name one run of each store"
      ),
    ] {
      let result = try Tool.run(["compare", "--output", path("run")] + arguments)
      #expect(result.status == 2 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
  }
}
