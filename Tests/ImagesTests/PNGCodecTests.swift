import Foundation
import Images
import Testing

@Suite struct PNGCodecTests {
  @Test func `every kind of PNG decodes to the values Pillow gives`() throws {
    let names = try ImageFixtures.decodableNames()
    #expect(names.count == 18)
    for name in names {
      let decoded = try PNGCodec.decode(ImageFixtures.url("\(name).png")).image
      let expected = try ImageFixtures.portablePixmap("\(name).expected.ppm")
      #expect(decoded == expected, "\(name)")
    }
  }

  @Test func `text chunks that Pillow wrote read back, compressed or not, Latin-1 or not`() throws {
    let text = try PNGCodec.decode(ImageFixtures.url("text.png")).text
    let expected = try ImageFixtures.description().text
    #expect(Dictionary(uniqueKeysWithValues: text.map { ($0.key, $0.value) }) == expected)
  }

  @Test(arguments: [(1, 1), (3, 2), (17, 31), (128, 64)])
  func `pixels and texts survive a round trip`(width: Int, height: Int) throws {
    let image = RGBImage(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 7) })
    let text = [
      ("parameters", "a corgi\nSteps: 20, Seed: 1"), ("latin", "café ÿ"), ("wide", "城 🦊 <b>&"), ("empty", ""),
    ]
    let decoded = try PNGCodec.decode(PNGCodec.encode(image, text: text))
    #expect(decoded.image == image)
    #expect(decoded.text.map(\.key) == text.map(\.0))
    #expect(decoded.text.map(\.value) == text.map(\.1))
  }

  @Test(arguments: [2, 32, 256])
  func `pictures of few colours decode to those colours`(count: Int) throws {
    let palette = (0..<count).map {
      IndexedImage.Color(red: UInt8($0), green: UInt8(255 - $0), blue: UInt8(truncatingIfNeeded: $0 * 7))
    }
    let image = IndexedImage(
      width: 19, height: 7, indices: (0..<133).map { UInt8($0 * 31 % count) }, palette: palette)
    let bytes = try PNGCodec.encode(image)
    // Colour type 3 of the header: one byte per pixel.
    #expect(bytes[25] == 3)
    let expected = image.indices.flatMap { index in
      [palette[Int(index)].red, palette[Int(index)].green, palette[Int(index)].blue]
    }
    #expect(try PNGCodec.decode(bytes).image == RGBImage(width: 19, height: 7, pixels: expected))
  }

  @Test func `a text goes to the chunk type that Pillow would choose`() throws {
    let pixel = RGBImage(width: 1, height: 1, pixels: [1, 2, 3])
    let latin = String(
      decoding: try PNGCodec.encode(pixel, text: [("parameters", "plain")]), as: Unicode.ASCII.self)
    #expect(latin.contains("tEXtparameters\0plain"))
    let wide = String(
      decoding: try PNGCodec.encode(pixel, text: [("parameters", "城")]), as: Unicode.ASCII.self)
    #expect(wide.contains("iTXtparameters\0\0\0\0\0"))
  }

  @Test func `the same picture always gives the same bytes`() throws {
    let image = try PNGCodec.decode(ImageFixtures.url("rgb.png")).image
    #expect(try PNGCodec.encode(image) == PNGCodec.encode(image))
  }

  @Test(arguments: ["rgb", "palette-4", "interlaced-rgba-16", "text"])
  func `a file cut at any length is an error, never a crash`(name: String) throws {
    let bytes = try ImageFixtures.bytes("\(name).png")
    for count in 0..<bytes.count {
      #expect(throws: ImageError.self) { try PNGCodec.decode(Array(bytes.prefix(count))) }
    }
  }

  @Test(arguments: ["rgb", "gray-16", "palette-transparent", "interlaced-gray-16", "text"])
  func `a file with any byte changed decodes to its own size or fails`(name: String) throws {
    let bytes = try ImageFixtures.bytes("\(name).png")
    let original = try PNGCodec.decode(bytes).image
    var failures = 0
    for index in bytes.indices {
      for change: UInt8 in [0x01, 0x80, 0xff] {
        var damaged = bytes
        damaged[index] ^= change
        do {
          let image = try PNGCodec.decode(damaged).image
          #expect(image.width == original.width && image.height == original.height)
        } catch {
          failures += 1
        }
      }
    }
    // The checksums of the critical chunks see every change inside them.
    #expect(failures > bytes.count)
  }

  @Test func `a header that lies about its size is refused before memory is taken for it`() throws {
    for (width, height) in [(0x7fff_ffff, 1), (0x8000, 0x8000), (0, 9)] {
      var bytes = try ImageFixtures.bytes("rgb.png")
      for (offset, side) in [(16, width), (20, height)] {
        bytes.replaceSubrange(offset..<offset + 4, with: bigEndian(UInt32(side)))
      }
      bytes.replaceSubrange(29..<33, with: bigEndian(crc32(bytes[12..<29])))
      #expect(throws: ImageError.self) { try PNGCodec.decode(bytes) }
    }
  }

  @Test func `an error names the file and what is wrong with it`() throws {
    let missing = ImageFixtures.url("no-such.png")
    #expect { try PNGCodec.decode(missing) } throws: {
      "\($0)".hasPrefix("\(missing.path): cannot be read: ")
    }
    let other = ImageFixtures.url("images.json")
    #expect(throws: ImageError.invalidPNG(path: other.path, reason: "Not a PNG file")) {
      try PNGCodec.decode(other)
    }
    #expect(throws: ImageError.invalidPNG(path: nil, reason: "the file ends too early")) {
      try PNGCodec.decode(Array(ImageFixtures.bytes("rgb.png").prefix(60)))
    }
  }

  @Test(arguments: ["", " key", "key ", "two  spaces", "clé", String(repeating: "k", count: 80)])
  func `a text key that PNG forbids is refused`(key: String) {
    let pixel = RGBImage(width: 1, height: 1, pixels: [1, 2, 3])
    #expect(throws: ImageError.self) { try PNGCodec.encode(pixel, text: [(key, "value")]) }
  }

  @Test func `a text value with a NUL is refused`() {
    let pixel = RGBImage(width: 1, height: 1, pixels: [1, 2, 3])
    #expect(throws: ImageError.self) { try PNGCodec.encode(pixel, text: [("key", "a\0b")]) }
  }

  @Test func `a picture wider than the limit is refused`() {
    let width = 40_000
    let strip = RGBImage(width: width, height: 1, pixels: [UInt8](repeating: 0, count: width * 3))
    #expect(throws: ImageError.self) { try PNGCodec.encode(strip) }
  }

  private func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  /// The checksum at a chunk's end.
  private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xedb8_8320 }
    }
    return ~sum
  }
}
