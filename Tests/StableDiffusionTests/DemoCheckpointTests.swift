import Checkpoints
import Foundation
import Testing

/// What the embedded weights promise beside the numbers that other tests hold them to.
@Suite struct DemoCheckpointTests {
  private static func weights(_ file: String) throws -> SafetensorsFile {
    try SafetensorsFile(PipelineRequestTests.checkpoint.appendingPathComponent(file))
  }

  @Test func `all parts together stay below 40 MB`() throws {
    let folder = PipelineRequestTests.checkpoint
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".safetensors")
    }
    #expect(Set(files.map { $0.prefix { $0 != "/" } }) == ["text_encoder", "clip", "vae", "unet"])
    let sizes = try files.map {
      try #require(folder.appendingPathComponent($0).resourceValues(forKeys: [.fileSizeKey]).fileSize)
    }
    #expect(sizes.reduce(0, +) <= 40_000_000, "\(sizes)")
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
