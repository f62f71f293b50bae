/// The comment of a picture's maker in an Exif block: where web UIs keep their text in JPEG and WebP files.
///
/// Exif 2.3: a TIFF file whose first directory leads to the Exif directory (tag 8769), which has `UserComment` (9286):
/// eight bytes that name an encoding, then the text.
enum ExifComment {
  private static let exifDirectory = 0x8769, userComment = 0x9286
  /// Bytes of each of TIFF's types, from 1.
  private static let sizes = [1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]

  /// Nil where there is none that can be read.
  static func text(_ exif: [UInt8]) -> String? {
    guard let reader = Reader(exif), let first = reader.word(4),
      let directory = reader.entry(exifDirectory, at: first).flatMap({ reader.word($0.offset) }),
      let entry = reader.entry(userComment, at: directory), entry.count > 8,
      entry.offset + entry.count <= exif.count
    else { return nil }
    let bytes = exif[entry.offset..<entry.offset + entry.count]
    return decoded(bytes.dropFirst(8), encoding: Array(bytes.prefix(8)), bigEndian: reader.isBigEndian)
  }

  private struct Reader {
    let bytes: [UInt8]
    let isBigEndian: Bool

    init?(_ bytes: [UInt8]) {
      switch Array(bytes.prefix(2)) {
      case Array("MM".utf8): isBigEndian = true
      case Array("II".utf8): isBigEndian = false
      default: return nil
      }
      self.bytes = bytes
    }

    func number(_ offset: Int, _ count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let part = bytes[offset..<offset + count]
      return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }

    func word(_ offset: Int) -> Int? { number(offset, 4) }

    /// Where a tag's value lies, and how many bytes it has.
    func entry(_ tag: Int, at directory: Int) -> (offset: Int, count: Int)? {
      guard let entries = number(directory, 2) else { return nil }
      for index in 0..<entries {
        let start = directory + 2 + index * 12
        guard let found = number(start, 2) else { return nil }
        guard found == tag else { continue }
        guard let type = number(start + 2, 2), (1...sizes.count).contains(type), let count = word(start + 4)
        else { return nil }
        let length = count * sizes[type - 1]
        guard length > 4 else { return (start + 8, length) }
        return word(start + 8).map { ($0, length) }
      }
      return nil
    }
  }

  private static func decoded(
    _ bytes: ArraySlice<UInt8>, encoding: [UInt8], bigEndian: Bool
  ) -> String? {
    let text: String
    if encoding.starts(with: Array("UNICODE".utf8)) {
      guard let units = utf16(Array(bytes), bigEndian: bigEndian) else { return nil }
      text = String(decoding: units, as: UTF16.self)
    } else {
      text = String(decoding: bytes, as: UTF8.self)
    }
    let trimmed = text.unicodeScalars.filter { $0 != "\0" }
    return trimmed.isEmpty ? nil : String(String.UnicodeScalarView(trimmed))
  }

  /// Writers do not agree on the order of bytes: a mark says it, else the order that gives more of Latin, else the
  /// block's own.
  private static func utf16(_ bytes: [UInt8], bigEndian: Bool) -> [UInt16]? {
    let pairs = stride(from: 0, to: bytes.count - 1, by: 2).map { (bytes[$0], bytes[$0 + 1]) }
    guard let first = pairs.first else { return nil }
    let isBig: Bool
    switch (first.0, first.1) {
    case (0xFE, 0xFF): isBig = true
    case (0xFF, 0xFE): isBig = false
    default:
      let (big, little) = (pairs.count { $0.0 == 0 }, pairs.count { $0.1 == 0 })
      isBig = big == little ? bigEndian : big > little
    }
    let units = pairs.map { isBig ? UInt16($0.0) << 8 | UInt16($0.1) : UInt16($0.1) << 8 | UInt16($0.0) }
    return units.first == 0xFEFF ? Array(units.dropFirst()) : units
  }
}
