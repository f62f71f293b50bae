public import Foundation

/// A synthetic model with the structure of a published family, of `Tests/Fixtures/Families`.
public struct FamilyFixture: Sendable {
  public let family: String
  public let fixture: Fixture

  public static let families = ["sd2", "lcm", "small-sd", "bk-sdm-base", "tiny-sd", "sdxl", "ssd-1b", "vega"]

  /// - Parameter area: the folder of the fixture
  public init(_ family: String, area: String = "Families") throws {
    self.family = family
    fixture = try Fixture(area, family)
  }

  /// Writes its folder in diffusers layout.
  /// - Parameter scheduler: the one of its schedulers that the folder has, as the fixture names it
  public func write(scheduler: String, to folder: URL) throws {
    func part(_ name: String) -> URL { folder.appendingPathComponent(name) }
    for name in ["unet", "vae"] { try fixture.writeModel(name, to: part(name)) }
    for suffix in ["", "_2"] where (try? fixture.configuration("text_encoder\(suffix)")) != nil {
      try fixture.writeModel(
        "text_encoder\(suffix)", to: part("text_encoder\(suffix)"), weightsName: "model.safetensors")
      // The vocabulary is the demonstration model's, what it pads with is the family's.
      try FileManager.default.copyItem(at: Self.tokenizer, to: part("tokenizer\(suffix)"))
      try fixture.writeModel(
        "tokenizer\(suffix)", to: part("tokenizer\(suffix)"), configurationName: "special_tokens_map.json")
    }
    try fixture.writeModel(
      "scheduler-\(scheduler)", to: part("scheduler"), configurationName: "scheduler_config.json")
    try fixture.writeModel("model_index", to: folder, configurationName: "model_index.json")
  }

  private static let tokenizer = Fixture.root.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/DemoCheckpoint/checkpoint/tokenizer")
}
