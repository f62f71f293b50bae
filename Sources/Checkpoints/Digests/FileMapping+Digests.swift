import Digests
import Tensors

extension FileMapping {
  /// The bytes behind each of ``digests()``.
  static let digested = 8 << 20

  /// The SHA-256 digests of the file's successive 8 MiB, in hexadecimal digits.
  func digests() -> [String] {
    let count = (bytes.count + Self.digested - 1) / Self.digested
    var digests = [String](repeating: "", count: count)
    digests.withUnsafeMutableBufferPointer { digests in
      Parallel.forEach(count) { index in
        var hash = SHA256()
        let range = (index * Self.digested)..<min((index + 1) * Self.digested, bytes.count)
        let part = UnsafeRawBufferPointer(rebasing: bytes[range])
        hash.update(part)
        digests[index] = hash.hexDigest()
        giveBack(part)
      }
    }
    return digests
  }
}
