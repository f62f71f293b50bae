import DemoCheckpoint
import Foundation
import GRDB
import ReferenceFixtures
import Testing

/// The commands and options that tell whether a run can be believed.
@Suite struct BeliefTests {
  let folder: TemporaryFolder
  var run: String { folder.url.appendingPathComponent("run").path }

  init() throws { folder = try TemporaryFolder() }

  func sweep(_ more: String...) throws -> Tool.Result {
    try Tool.run(
      ["sweep", "--limit", "1", "--ratios", "0,0.9", "--steps", "2", "--output", run] + more)
  }

  @Test func `verify tells equal bits, altered ones and another model apart`() throws {
    #expect(try sweep("--no-checks").status == 0)
    let equal = try Tool.run("verify", "--output", run, "--json")
    #expect(equal.status == 0, "\(equal.errors)")
    #expect(try equal.json()["equal"] as? Bool == true)
    #expect(try (equal.json()["pictures"] as? [Any])?.count == 2)
    try DatabaseQueue(path: run + "/tome-eval.sqlite").write { db in
      try db.execute(sql: "UPDATE sample SET latentsHash = '0'")
    }
    let altered = try Tool.run("verify", "--samples", "1", "--output", run)
    #expect(altered.status == 1)
    #expect(altered.output.contains("0 of 1 pictures") && altered.output.contains("different"))
    try DatabaseQueue(path: run + "/tome-eval.sqlite").write { db in
      try db.execute(sql: "UPDATE run SET modelFingerprint = 'abc'")
    }
    let other = try Tool.run("verify", "--output", run)
    #expect(other.status == 2 && other.errors.contains("fingerprint abc") && other.errors.contains("--model"))
    #expect(try Tool.run("verify", "--samples", "0", "--output", run).status == 2)
  }

  @Test func `a sweep's checks are in its JSON, in compare and in the report`() throws {
    let json = try sweep("--json", "--size", "128x128").json()
    #expect(json["checks_made"] as? Int == 2)
    let checks = try #require(json["null_checks"] as? [[String: String]])
    #expect(checks.map { $0["kind"] } == ["zero_ratio", "repetition", "effect", "cap"])
    #expect(checks.map { $0["outcome"] } == ["passed", "passed", "passed", "noted"])
    let table = try Tool.run("compare", "--output", run).output
    #expect(table.contains("3 null checks passed"))
    let page = try String(contentsOf: URL(fileURLWithPath: run + "/index.html"), encoding: .utf8)
    #expect(page.contains("Null checks") && page.contains("Repetition: passed"))
    #expect(page.contains("needs sides of at least 176 pixels, the pictures are 128x128"))
    try DatabaseQueue(path: run + "/tome-eval.sqlite").write { db in
      try db.execute(sql: "UPDATE nullCheck SET outcome = 'failed' WHERE kind = 'repetition'")
    }
    #expect(
      try Tool.run("compare", "--output", run).output.contains("NULL CHECK FAILED: ratio 0.9 made twice"))
    #expect(try sweep("--size", "128x128").errors.contains("null check failed: ratio 0.9 made twice"))
  }

  @Test func `LPIPS is scored with the user's weights, and weights that are not there are named`() throws {
    let weights = folder.url.appendingPathComponent("weights")
    let fixture = try Fixture("PerceptualModels", "lpips-alex")
    try fixture.writeModel("alexnet", to: weights, weightsName: "alexnet.safetensors")
    let without = try sweep("--lpips", weights.path)
    #expect(without.status == 2 && without.errors.contains("lin.safetensors"), "\(without.errors)")
    try fixture.writeModel("lin", to: weights, weightsName: "lin.safetensors")
    let pictures = Fixture.root.appendingPathComponent("Metrics").path
    let score = try Tool.run(
      "score", pictures + "/noise-much-b.png", "--baseline", pictures + "/noise-much-a.png", "--lpips",
      weights.path, "--json"
    ).json()
    #expect(score["lpips"] is NSNull && score["ms_ssim"] is NSNull)
    let absent = try #require(score["absent"] as? [String: String])
    #expect(Set(absent.keys) == ["lpips", "ms_ssim"])
    let large = try Tool.run(
      "score", pictures + "/five-scales-b.png", "--baseline", pictures + "/five-scales-a.png", "--lpips",
      weights.path, "--json"
    ).json()
    #expect(abs(try #require(large["lpips"] as? Double) - 0.277435) < 1e-5)
    #expect(try #require(large["ms_ssim"] as? Double) < 1 && large["lpips_weights"] as? String == "weights")
    #expect(try #require(large["changed_pixels"] as? Double) > 0)
  }

  @Test func `a run is scored by several CLIP checkpoints, each with a column of its name`() throws {
    let clip = try DemoCheckpoint.folder().appendingPathComponent("clip")
    for name in ["small", "large"] {
      let copy = folder.url.appendingPathComponent(name)
      try FileManager.default.copyItem(at: clip, to: copy)
      // Another checkpoint, as far as anyone can tell.
      let config = copy.appendingPathComponent("config.json")
      let json = try String(contentsOf: config, encoding: .utf8)
      try Data(json.replacing("\"CLIPModel\"", with: "\"\(name)\"").utf8).write(to: config)
    }
    let clips = ["--clip", folder.url.path + "/small", "--clip", folder.url.path + "/large"]
    let swept = try Tool.run(
      ["sweep", "--limit", "2", "--ratios", "0,0.5", "--steps", "1", "--no-checks", "--output", run] + clips)
    #expect(swept.status == 0, "\(swept.errors)")
    #expect(swept.output.contains("CLIP score (small)") && swept.output.contains("CLIP score (large)"))
    let json = try Tool.run("compare", "--output", run, "--metric", "clip_score@large", "--json").json()
    let row = try #require((json["ratios"] as? [[String: Any]])?.first)
    let means = try #require(row["means"] as? [String: Double])
    #expect(means["clip_score"] == means["clip_score@large"] && means["clip_score"] != nil)
    let page = try String(contentsOf: URL(fileURLWithPath: run + "/index.html"), encoding: .utf8)
    #expect(page.contains("CLIP score (large)"))
    let unknown = try Tool.run("compare", "--output", run, "--metric", "clip_score@huge")
    #expect(unknown.status == 2 && unknown.errors.contains("clip_score@large"), "\(unknown.errors)")
    let score = try Tool.run(
      [
        "score", Fixture.root.appendingPathComponent("Metrics/noise-much-a.png").path, "--prompt", "x",
        "--json",
      ]
        + clips
    ).json()
    #expect(score["clip_score"] as? Double == score["clip_score@large"] as? Double)
  }

  @Test func `metrics lists every metric with its formula`() throws {
    let text = try Tool.run("metrics").output
    for name in [
      "clip_score", "clip_image", "pickscore", "aesthetic", "lpips", "ssim", "ms_ssim", "psnr", "mae", "rmse",
      "delta_e", "changed_pixels",
    ] {
      #expect(text.contains("\n\(name): ") || text.hasPrefix("\(name): "))
    }
    #expect(text.contains("(--lpips)"))
    let output = try Tool.run("metrics", "--json").output
    let list = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
    #expect(list.count == 12 && list.allSatisfy { $0["formula"] is String && $0["better"] is String })
  }
}
