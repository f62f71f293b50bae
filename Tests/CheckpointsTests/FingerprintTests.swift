import Checkpoints
import Digests
import Foundation
import ReferenceFixtures
import Testing

/// A fingerprint is of the files that a model was loaded from, and of nothing beside them.
@Suite struct FingerprintTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ bytes: Data, _ component: String, _ name: String) throws {
    let part = folder.url.appendingPathComponent(component)
    try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
    try bytes.write(to: part.appendingPathComponent(name))
  }

  /// After reading these files, by path.
  private func fingerprint(reading paths: String...) throws -> String {
    let files = try LoadedFiles(ModelDirectory(folder.url))
    for path in paths {
      let parts = path.split(separator: "/").map(String.init)
      if parts.count == 1 {
        _ = try files.data(parts[0])
      } else {
        _ = try files.component(parts[0]).data(parts[1])
      }
    }
    return try files.fingerprint
  }

  @Test func `a fingerprint changes with a byte of a file that is read, not with what lies beside it`() throws
  {
    var bytes = Data(repeating: 7, count: (8 << 20) + 5)
    try write(bytes, "unet", "model.safetensors")
    try write(Data("{}".utf8), "unet", "config.json")
    let (weights, configuration) = ("unet/model.safetensors", "unet/config.json")
    let first = try fingerprint(reading: weights, configuration)
    #expect(first.count == 64)
    for name in ["README.md", "note.json", "merges.txt", "model.fp16.safetensors"] {
      try write(Data("note".utf8), "unet", name)
      try write(Data("note".utf8), "clip", name)
    }
    #expect(try fingerprint(reading: configuration, weights, configuration) == first)
    #expect(try fingerprint(reading: weights) != first)
    bytes[bytes.count - 1] = 8
    try write(bytes, "unet", "model.safetensors")
    #expect(try fingerprint(reading: weights, configuration) != first)
  }

  @Test func `a fingerprint has the value it always had`() throws {
    try write(Data("{}".utf8), "unet", "config.json")
    try write(Data("abc".utf8), "unet", "weights.safetensors")
    try write(Data(), "vae", "note.txt")
    // By hashlib, of the names and the digests of `{}` and `abc`; an empty file has none.
    let expected = "cab79a14a8c476fc62d69f6be8ed8d4e2a151c6fd47d14a689a4dcc1c3eb72f9"
    let found = try fingerprint(reading: "vae/note.txt", "unet/weights.safetensors", "unet/config.json")
    #expect(found == expected)
  }

  @Test func `a file that cannot be read is not remembered`() throws {
    try write(Data("{}".utf8), "unet", "config.json")
    let files = try LoadedFiles(ModelDirectory(folder.url))
    #expect(throws: CheckpointError.self) { try files.component("unet").data("other.json") }
    #expect(throws: CheckpointError.self) { try files.component("unet").tensors("config.json") }
    #expect(try files.fingerprint == SHA256.hex(of: []))
  }

  @Test func `a folder in memory has the fingerprint of its files and its seed`() throws {
    func fingerprint(_ text: String, seed: UInt64) throws -> String {
      let files = LoadedFiles(
        SyntheticFolder(
          path: "memory", files: ["unet/config.json": Data(text.utf8)], tensors: RandomTensors(seed: seed)))
      let unet = try files.component("unet")
      _ = try (unet.data("config.json"), unet.tensors())
      return try files.fingerprint
    }
    let first = try fingerprint("{}", seed: 0)
    #expect(try fingerprint("{}", seed: 0) == first)
    #expect(try fingerprint("{}", seed: 1) != first)
    #expect(try fingerprint("[]", seed: 0) != first)
  }
}
