import CKernels
import Digests
import Testing

@Suite struct SHA256Tests {
  private static let vectors = [
    // FIPS 180-4 examples and NIST's million times "a".
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]

  @Test(arguments: vectors)
  func `digests are the published ones, in one piece or many`(text: String, times: Int, digest: String) {
    let bytes = Array(String(repeating: text, count: times).utf8)
    for size in [61, 64, 1000, max(bytes.count, 1)] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.hexDigest() == digest, "pieces of \(size)")
    }
  }

  @Test func `the processor's own instructions give what plain C gives`() {
    let data = (0..<640).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 7) }
    var (fast, plain) = ([UInt32](1...8), [UInt32](1...8))
    ck_sha256(&fast, data, data.count / 64)
    ck_sha256_portable(&plain, data, data.count / 64)
    #expect(fast == plain && plain != [UInt32](1...8))
  }
}
