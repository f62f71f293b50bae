import Foundation
import Images
import ReferenceFixtures
import Testing

/// diffusers and tomesd themselves, in the reference environment: where `TOME_EVAL_PYTHON` names its interpreter.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOME_EVAL_PYTHON"] != nil))
struct DiffusersEngineTests {
  @Test func `pictures of diffusers are those of this program's own pipeline`() throws {
    try expectSamePictures(["--limit", "3", "--size", "64x64", "--ratios", "0,0.5"], count: 6)
  }

  @Test func `so are those of the scheduler that draws its noise by a seed of its own`() throws {
    try expectSamePictures(
      [
        "--limit", "1", "--seeds", "0,5", "--size", "48x48", "--ratios", "0", "--steps", "8",
        "--scheduler", "dpmsolver-sde",
      ], count: 2)
  }

  @Test func `so are those of SDXL, framed and merged`() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appendingPathComponent("sdxl")
    try FamilyFixture("sdxl").write(scheduler: "euler", to: model)
    // diffusers wants to be told of every part.
    let file = model.appendingPathComponent("model_index.json")
    var index = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    index.merge([
      "scheduler": ["diffusers", "EulerDiscreteScheduler"], "unet": ["diffusers", "UNet2DConditionModel"],
      "vae": ["diffusers", "AutoencoderKL"], "text_encoder": ["transformers", "CLIPTextModel"],
      "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
      "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
    ]) { $1 }
    try JSONSerialization.data(withJSONObject: index).write(to: file)
    // And transformers tells 1 from 1.0, which JSON here does not.
    for part in ["text_encoder", "text_encoder_2"] {
      let file = model.appendingPathComponent("\(part)/config.json")
      let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(
        of: #"("(?:initializer_factor|attention_dropout|dropout)"\s*:\s*\d+)(?=\s*[,}])"#, with: "$1.0",
        options: .regularExpression)
      try Data(text.utf8).write(to: file)
    }
    try expectSamePictures(
      [
        "--model", model.path, "--limit", "1", "--steps", "2", "--ratios", "0,0.3", "--max-downsample", "2",
        "--original-size", "96x64", "--crop", "11,5",
      ], count: 2)
  }

  @Test func `bench times them beside this program's own steps`() throws {
    let python = try #require(ProcessInfo.processInfo.environment["TOME_EVAL_PYTHON"])
    let result = try Tool.run(
      "bench", "--sizes", "64", "--ratios", "0.5", "--rounds", "1", "--threads", "1", "--parts",
      "unet,vae,text,clip", "--peers", python, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    let peer = try #require(document["peer"] as? [String: Any])
    let versions = try #require(peer["versions"] as? [String: String])
    #expect(Set(versions.keys) == ["torch", "diffusers", "transformers", "tomesd"])
    #expect(peer["threads"] as? Int == 1)
    let rows = try #require(document["rows"] as? [[String: Any]])
    #expect(rows.count == 14)
    for row in rows {
      #expect(row["state"] as? String == "measured", "\(row)")
      #expect(try #require(row["peak_memory_bytes"] as? Double) > 10_000_000)
      guard row["program"] as? String == "tome-eval" else { continue }
      let ratio = try #require(row["peer_ratio"] as? [String: Any])
      #expect(try #require(ratio["ratio"] as? Double) > 0)
    }
  }

  /// A sweep by both engines.
  private func expectSamePictures(_ sweep: [String], count: Int) throws {
    let python = try #require(ProcessInfo.processInfo.environment["TOME_EVAL_PYTHON"])
    let folder = try TemporaryFolder()
    func pictures(_ name: String, _ engine: String...) throws -> [(name: String, image: RGBImage)] {
      let run = folder.url.appendingPathComponent(name)
      let result = try Tool.run(["sweep", "--no-checks"] + sweep + ["--output", run.path] + engine)
      #expect(result.status == 0, "\(result)")
      let images = run.appendingPathComponent("images")
      return try FileManager.default.contentsOfDirectory(atPath: images.path).filter { $0.hasSuffix(".png") }
        .sorted().map { file in
          // What decides the picture, without the part of its key, in which the engines differ.
          (
            String(file.split(separator: "-").dropLast().joined(separator: "-")),
            try PNGCodec.decode(images.appendingPathComponent(file)).image
          )
        }
    }
    let own = try pictures("own")
    let theirs = try pictures("theirs", "--engine", "diffusers", "--python", python, "--device", "cpu")
    #expect(own.count == count && own.map(\.name) == theirs.map(\.name))
    for (one, other) in zip(own, theirs) {
      let differences = zip(one.image.pixels, other.image.pixels).map { abs(Int($0) - Int($1)) }
      let equal = Double(differences.count { $0 == 0 }) / Double(differences.count)
      let largest = try #require(differences.max())
      #expect(equal >= 0.995 && largest <= 2, "\(one.name): \(equal) equal, largest \(largest)")
    }
  }
}
