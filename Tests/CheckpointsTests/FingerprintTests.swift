import Checkpoints
import Foundation
import ReferenceFixtures
import Testing

@Suite struct FingerprintTests {
  @Test(arguments: [
    // FIPS 180-4 examples and NIST's million times "a".
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func `SHA-256 gives the published digests`(text: String, times: Int, digest: String) {
    let bytes = Array(String(repeating: text, count: times).utf8)
    #expect(SHA256.hex(of: bytes) == digest)
    var pieces = SHA256()
    for start in stride(from: 0, to: bytes.count, by: 61) {
      bytes[start..<min(start + 61, bytes.count)].withUnsafeBytes { pieces.update($0) }
    }
    #expect(pieces.hexDigest() == digest)
  }

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
}
