import Checkpoints
import Foundation
import Testing

/// What the embedded weights promise beside the numbers that other tests hold them to.
@Suite struct DemoCheckpointTests {
  private static func weights(_ file: String) throws -> SafetensorsFile {
    try SafetensorsFile(PipelineRequestTests.checkpoint.appendingPathComponent(file))
  }

  @Test func `all parts together stay below 40 MB`() throws {
    let parts = [
      "text_encoder/model", "clip/model", "vae/diffusion_pytorch_model", "unet/diffusion_pytorch_model",
    ].map { PipelineRequestTests.checkpoint.appendingPathComponent($0 + ".safetensors") }
    let sizes = try parts.map { try #require($0.resourceValues(forKeys: [.fileSizeKey]).fileSize) }
    #expect(sizes.allSatisfy { $0 > 1_000_000 } && sizes.reduce(0, +) <= 40_000_000, "\(sizes)")
  }

  @Test func `the scorer reads prompts as the pipeline does`() throws {
    let encoder = try Self.weights("text_encoder/model.safetensors")
    let scorer = try Self.weights("clip/model.safetensors")
    #expect(encoder.entries.count > 60)
    for key in encoder.entries.keys {
      #expect(try encoder.bytes(key) == scorer.bytes(key), "\(key)")
    }
  }
}
