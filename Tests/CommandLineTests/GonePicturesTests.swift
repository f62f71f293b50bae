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

  @Test(arguments: ["damaged", "replaced"])
  func `those that are something else now are as bad as gone`(fate: String) throws {
    let folder = try TemporaryFolder()
    let run = folder.url.appendingPathComponent("run").path
    let sweep = [
      "sweep", "--limit", "2", "--steps", "1", "--ratios", "0,0.5", "--size", "64x64", "--output", run,
    ]
    #expect(try Tool.run(sweep).status == 0)
    let images = URL(fileURLWithPath: run + "/images")
    let names = try FileManager.default.contentsOfDirectory(atPath: images.path).filter {
      $0.hasSuffix(".png")
    }
    .sorted()
    let harmed = images.appendingPathComponent(names[0])
    let time = try FileManager.default.attributesOfItem(atPath: harmed.path)[.modificationDate]
    var bytes = try Data(contentsOf: harmed)
    // Of the same length and time: what it holds decides.
    let last = bytes.count - 20
    bytes[last] ^= 1
    if fate == "replaced" { bytes = try Data(contentsOf: images.appendingPathComponent(names[1])) }
    try bytes.write(to: harmed)
    try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: harmed.path)
    for command in [
      ["compare", "--output", run], ["report", "--output", run, "--to", folder.url.path + "/page"],
    ] {
      let result = try Tool.run(command)
      #expect(result.status == 3, "\(command): \(result)")
      #expect(
        result.errors.contains("1 picture file not what was scored: images/\(names[0]);"), "\(result.errors)")
    }
    let json = try Tool.run("compare", "--output", run, "--json").json()
    #expect(json["missing_files"] as? Int == 0 && json["changed_files"] as? Int == 1)
    #expect(json["exit_code"] as? Int == 3)
    #expect(try Tool.run("report", "--output", run, "--json").json()["changed"] as? Int == 1)
    #expect(try Tool.run("compare", "--output", run, "--fail-if", "clip_score.mean > -1000").status == 1)
    try Data("x".utf8).write(to: images.appendingPathComponent(names[2]))
    let two = try Tool.run("compare", "--output", run)
    #expect(two.errors.contains("2 picture files not what was scored: images/\(names[0]) and others, which"))
    #expect(two.output.contains("2 picture files changed since: scores are what they were"))
    #expect(try Tool.run(sweep + ["--json"]).json()["made"] as? Int == 2)
    #expect(try Tool.run("compare", "--output", run).status == 0)
  }

  @Test func `beside another run, the one whose pictures are gone is named`() throws {
    let folder = try TemporaryFolder()
    func run(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
    for name in ["a", "b"] {
      let sweep = try Tool.run(
        "sweep", "--limit", "1", "--steps", "1", "--ratios", "0,0.5", "--size", "64x64", "--no-checks",
        "--output", run(name))
      #expect(sweep.status == 0, "\(sweep.errors)")
    }
    let picture = try #require(
      try FileManager.default.contentsOfDirectory(atPath: run("b") + "/images").first { $0.hasSuffix(".png") }
    )
    try FileManager.default.removeItem(atPath: run("b") + "/images/" + picture)
    let result = try Tool.run(
      "report", "--output", run("a"), "--against-store", run("b") + "/tome-eval.sqlite", "--to", run("page"))
    #expect(result.status == 3)
    #expect(
      result.errors.contains(
        "warning: 1 finished picture not found in \(run("b")); pass the run's own folder with --against-output"
      ),
      "\(result.errors)")
    #expect(!result.errors.contains("not found in \(run("a"))"))
  }
}
