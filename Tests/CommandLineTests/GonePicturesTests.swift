import Foundation
import ReferenceFixtures
import Testing

/// Pictures whose files somebody took away.
@Suite struct GonePicturesTests {
  @Test func `compare and report say so and end with 3, and their gates still count`() throws {
    let folder = try TemporaryFolder()
    let run = folder.url.appendingPathComponent("run").path
    let sweep = [
      "sweep", "--limit", "2", "--steps", "1", "--ratios", "0,0.5", "--size", "64x64", "--output", run,
    ]
    #expect(try Tool.run(sweep).status == 0)
    let commands = [
      ["compare", "--output", run], ["report", "--output", run, "--to", folder.url.path + "/page"],
    ]
    for command in commands { #expect(try Tool.run(command).status == 0) }
    let pictures = try FileManager.default.contentsOfDirectory(atPath: run + "/images").filter {
      $0.hasSuffix(".png") && $0.contains("r0.5")
    }
    try FileManager.default.removeItem(atPath: run + "/images/" + (try #require(pictures.first)))
    for command in commands {
      let result = try Tool.run(command)
      #expect(result.status == 3, "\(command): \(result)")
      #expect(result.errors.contains("warning: 1 finished picture not found in \(run)"))
    }
    let json = try Tool.run("compare", "--output", run, "--json").json()
    #expect(json["missing_files"] as? Int == 1 && json["exit_code"] as? Int == 3)
    #expect(try Tool.run("report", "--output", run, "--json").json()["missing"] as? Int == 1)
    #expect(try Tool.run("compare", "--output", run, "--fail-if", "clip_score.mean > -1000").status == 1)
    // The baseline's pictures are all there.
    #expect(try Tool.run(sweep + ["--json"]).json()["made"] as? Int == 1)
    for command in commands { #expect(try Tool.run(command).status == 0) }
  }
}
