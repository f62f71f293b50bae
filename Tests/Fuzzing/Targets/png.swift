import Images
import Pictures

extension FuzzTarget {
  /// PNG files and their text chunks: a picture of the size that it states, or an error. Checksums hide what lies
  /// behind them from the fuzzer, so that each input is also read with the right ones.
  static let png = FuzzTarget("png") { bytes in
    // A few bytes may state a picture of gigabytes; those have tests of their own.
    let isSmall = bytes.count < 24 || bytes[16..<24].enumerated().allSatisfy { $0 % 4 > 1 || $1 == 0 }
    guard isSmall else { return }
    for file in [[UInt8](bytes), withChecksums([UInt8](bytes))] {
      guard let (image, text) = try? PNGCodec.decode(file) else { continue }
      let (count, expected) = (image.pixels.count, image.width * image.height * 3)
      try Finding.unless(count == expected, "\(count) values of \(image.width)x\(image.height) pixels")
      _ = try? PictureMetadata(textChunks: text)
    }
  }

  /// A file of chunks with the checksum that each should have.
  private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { break }
      let checksum = checksum(bytes[start + 4..<end])
      for place in 0..<4 { bytes[end + place] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * place)) }
      start = end + 4
    }
    return bytes
  }

  /// CRC-32 as PNG has it (ISO 3309).
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
    }
    return ~sum
  }
}
