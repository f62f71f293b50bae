import Foundation
import ReferenceFixtures
import Testing

/// What `inspect` says of checkpoints. Operations: `Tests/Reference/operations.py`.
@Suite struct InspectTests {
  private struct Operations: Decodable {
    let step: Double
    let decoding: Double
    let mergedStep: Double

    private enum CodingKeys: String, CodingKey {
      case step, decoding
      case mergedStep = "merged_step"
    }
  }

  private func inspect(_ arguments: String...) throws -> (
    status: Int32, object: [String: Any], errors: String
  ) {
    let result = try Tool.run(["inspect", "--json"] + arguments)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return (result.status, try #require(object), result.errors)
  }

  private func number(_ value: Any?) throws -> Double { try #require(value as? NSNumber).doubleValue }

  @Test func `the demonstration model, its places and its costs`() throws {
    let (status, found, _) = try inspect("--no-time", "--ratios", "0.5")
    #expect(status == 0 && found["name"] as? String == "demo")
    #expect((found["family"] as? String)?.contains("predicts v") == true)
    #expect((found["scheduler"] as? String)?.hasPrefix("DDIMScheduler, as --scheduler ddim") == true)
    #expect((found["problems"] as? [String])?.isEmpty == true)
    let parts = try #require(found["parts"] as? [[String: Any]])
    #expect(parts.compactMap { $0["name"] as? String } == ["unet", "vae", "text_encoder"])
    #expect((parts[0]["types"] as? [String: Int])?.keys.sorted() == ["F16"])
    let blocks = try #require(parts[0]["blocks"] as? [[String: Any]])
    #expect(blocks.contains { $0["name"] as? String == "down_blocks.0" })
    #expect(
      blocks.compactMap { $0["weights"] as? Int }.reduce(0, +) == parts[0]["weights"] as? Int)
    let grids = try #require(found["grids"] as? [[String: Any]])
    #expect(grids[0]["width"] as? Int == 64 && grids[0]["blocks"] as? Int == 3)
    #expect(grids.map { $0["merged"] as? [Int] } == [[2048], [0], [0], [0]])
    // The same as torch counts, but for what attention and embeddings have beside their products.
    let expected = try Fixture("UNet", "operations").settings(Operations.self)
    let costs = try #require(found["costs"] as? [[String: Any]])
    for (cost, step) in zip(costs, [expected.step, expected.mergedStep]) {
      #expect(try abs(number(cost["step_operations"]) / step - 1) < 1e-3)
      #expect(try abs(number(found["decoding_operations"]) / expected.decoding - 1) < 1e-3)
      let picture = 8 * step + expected.decoding
      #expect(try abs(number(cost["picture_operations"]) / picture - 1) < 1e-3)
      #expect(try number(cost["bytes"]) > 3e7)
    }
    #expect(found["seconds_per_step"] == nil)
    // Three of eight steps merge.
    let part = try inspect("--no-time", "--ratios", "0.5", "--merge-steps", "0-40%").object
    let merged = try #require((part["costs"] as? [[String: Any]])?.last)
    let picture = 3 * expected.mergedStep + 5 * expected.step + expected.decoding
    #expect(try abs(number(merged["picture_operations"]) / picture - 1) < 1e-3)
  }

  @Test func `a table for people, with the time that a picture takes here`() throws {
    let result = try Tool.run(["inspect", "--size", "64x64", "--steps", "4"])
    #expect(result.status == 0, "\(result.errors)")
    for part in [
      "where tokens merge, at 64x64", "merged at 0.3", "TFLOP a step", "here, without merging:",
      "down_blocks.0",
      "4 steps with guidance",
    ] {
      #expect(result.output.contains(part), "\(part) is missing")
    }
  }

  @Test func `SDXL merges nothing at the latents' own resolution`() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appendingPathComponent("sdxl")
    try FamilyFixture("sdxl").write(scheduler: "euler", to: model)
    let (status, found, _) = try inspect(model.path, "--no-time", "--ratios", "0.5", "--max-downsample", "2")
    #expect(status == 0 && (found["family"] as? String)?.hasPrefix("Stable Diffusion XL") == true)
    let parts = try #require(found["parts"] as? [[String: Any]]).compactMap { $0["name"] as? String }
    #expect(parts == ["unet", "vae", "text_encoder", "text_encoder_2"])
    let grids = try #require(found["grids"] as? [[String: Any]])
    #expect(grids.first?["max_downsample"] as? Int == 2)
    #expect((grids.first?["merged"] as? [Int])?.first.map { $0 > 0 } == true)
  }

  @Test func `every part that is wrong is named`() throws {
    let folder = try TemporaryFolder()
    let model = folder.url.appendingPathComponent("model")
    try FileManager.default.copyItem(at: demoCheckpoint, to: model)
    try Data("{\"_class_name\": \"UNet2DConditionModel\", \"sample_size\": -4}".utf8)
      .write(to: model.appendingPathComponent("unet/config.json"))
    try FileManager.default.removeItem(at: model.appendingPathComponent("tokenizer"))
    let (status, found, _) = try inspect(model.path)
    #expect(status == 2 && found["family"] == nil)
    let problems = try #require(found["problems"] as? [String])
    #expect(problems.contains { $0.contains("unet/config.json") && $0.contains("sample_size") })
    #expect(problems.contains { $0.contains("tokenizer") })
    let none = try Tool.run(["inspect", "/nowhere/at/all"])
    #expect(none.status == 2 && none.errors.contains("/nowhere/at/all"))
  }
}
