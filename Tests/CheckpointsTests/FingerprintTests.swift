import Checkpoints
import Digests
import Foundation
import ReferenceFixtures
import Testing

@Suite struct FingerprintTests {
  @Test func `a fingerprint changes with a byte of the weights or a name, not with other files`() throws {
    let folder = try TemporaryFolder()
    let unet = folder.url.appendingPathComponent("unet")
    try FileManager.default.createDirectory(at: unet, withIntermediateDirectories: true)
    let weights = unet.appendingPathComponent("model.safetensors")
    var bytes = Data(repeating: 7, count: (8 << 20) + 5)
    try bytes.write(to: weights)
    let model = try ModelDirectory(folder.url)
    let first = try model.fingerprint(of: ["unet"])
    #expect(first.count == 64)
    try Data("note".utf8).write(to: unet.appendingPathComponent("README.md"))
    #expect(try model.fingerprint(of: ["unet"]) == first)
    #expect(try model.fingerprint() != first)
    bytes[bytes.count - 1] = 8
    try bytes.write(to: weights)
    #expect(try model.fingerprint(of: ["unet"]) != first)
  }

  @Test func `a fingerprint has the value it always had`() throws {
    let folder = try TemporaryFolder()
    for (component, name, text) in [
      ("unet", "config.json", "{}"), ("unet", "weights.safetensors", "abc"), ("vae", "note.txt", ""),
    ] {
      let part = folder.url.appendingPathComponent(component)
      try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: part.appendingPathComponent(name))
    }
    // By hashlib, of the names and the digests of `{}` and `abc`; an empty file has none.
    let expected = "cab79a14a8c476fc62d69f6be8ed8d4e2a151c6fd47d14a689a4dcc1c3eb72f9"
    #expect(try ModelDirectory(folder.url).fingerprint(of: ["vae", "unet", "absent"]) == expected)
  }

  @Test func `a folder in memory has the fingerprint of its files and its seed`() throws {
    func fingerprint(_ text: String, seed: UInt64) throws -> String {
      try SyntheticFolder(
        path: "memory", files: ["unet/config.json": Data(text.utf8)], tensors: RandomTensors(seed: seed)
      ).fingerprint(of: ["unet"])
    }
    let first = try fingerprint("{}", seed: 0)
    #expect(try fingerprint("{}", seed: 0) == first)
    #expect(try fingerprint("{}", seed: 1) != first)
    #expect(try fingerprint("[]", seed: 0) != first)
  }
}
