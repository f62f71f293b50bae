import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing
import TokenMerging

/// `tome-eval explain` on a small sweep with the bundled checkpoint.
@Suite struct ExplainCommandTests {
  private let folder: TemporaryFolder
  private let output: String
  private var file: URL { folder.url.appendingPathComponent("run/tome-eval.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    output = folder.url.appendingPathComponent("run").path
    let sweep = try Tool.run(
      "sweep", "--limit", "1", "--ratios", "0.5", "--seeds", "0", "--steps", "2", "--output", output)
    #expect(sweep.status == 0, "\(sweep.errors)")
  }

  private func explanations() throws -> [Explanation] {
    let store = try ResultStore(file)
    return try store.explanations(ofRun: store.latestRun().id).sorted { $0.key < $1.key }.map(\.value)
  }

  @Test func `the worst pictures and their baselines are looked into`() throws {
    let result = try Tool.run("explain", "--output", output)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("1 picture and 1 baseline looked into"), "\(result.output)")
    let found = try explanations()
    #expect(found.count == 2)
    let merged = try #require(found.first { !$0.maps.isEmpty })
    // Both steps: there are no three of two.
    #expect(Set(merged.maps.map(\.moment.step)) == [1, 2])
    #expect(merged.maps.allSatisfy { $0.moment.pass == 1 && $0.moment.steps == 2 })
    for each in merged.maps {
      let count = each.map.destinations.enumerated().count { $1 != $0 }
      #expect(count == each.map.destinations.count / 2)
    }
    #expect(found.allSatisfy { $0.previews.map(\.moment.step) == [1, 2] })
  }

  @Test func `steps of one's own are kept, and no others`() throws {
    let result = try Tool.run("explain", "--output", output, "--steps", "2,2", "--previews", "1")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("`tome-eval report` with the same --output shows them"))
    let merged = try #require(try explanations().first { !$0.maps.isEmpty })
    #expect(Set(merged.maps.map(\.moment.step)) == [2])
    // A single preview is of the last step.
    #expect(merged.previews.map(\.moment.step) == [2])
    let report = try Tool.run("report", "--output", output)
    #expect(report.status == 0, "\(report.errors)")
    let page = try String(
      contentsOf: folder.url.appendingPathComponent("run/index.html"), encoding: .utf8)
    // The picture and its baseline.
    #expect(page.matches(of: /<script type="application\/json" class="explained"/).count == 2)
  }

  @Test func `a picture that comes out otherwise is said, and nothing of it is kept`() throws {
    let other = try DatabaseQueue(path: file.path)
    try other.write {
      try $0.execute(sql: "UPDATE sample SET latentsHash = 'x' WHERE mergeStatistics IS NOT NULL")
    }
    let result = try Tool.run("explain", "--output", output, "--worst", "1")
    #expect(result.status == 1)
    #expect(result.errors.contains("other bits than are stored"), "\(result.errors)")
    let found = try explanations()
    #expect(found.count == 1 && found[0].maps.isEmpty)
  }

  @Test func `what cannot be looked into is refused with the reason`() throws {
    func refusal(_ arguments: String...) throws -> String {
      let result = try Tool.run(["explain", "--output", output] + arguments)
      #expect(result.status == 2, "\(result.errors)")
      return result.errors
    }
    #expect(try refusal("--steps", "0").contains("'0' is no step"))
    for (steps, word) in [
      ("1,,2", ""), ("1, 2", " 2"), ("two", "two"), ("1.5", "1.5"), ("2,-1", "-1"),
    ] {
      #expect(try refusal("--steps=\(steps)").contains("'\(word)' is no step"), "\(steps)")
    }
    #expect(try refusal("--steps", "1,9").contains("step 9 is to be looked into, but the picture has 2"))
    #expect(try refusal("--seed", "1").contains("give --row, too"))
    #expect(try refusal("--row", "99999").contains("has no prompt of that row"))
    let other = try DatabaseQueue(path: file.path)
    try other.write { try $0.execute(sql: "UPDATE execution SET engine = 'webui'") }
    #expect(try refusal("--worst", "1").contains("was made by webui"))
    #expect(try explanations().isEmpty)
  }
}
