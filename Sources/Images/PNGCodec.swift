import CPNG
import Files
public import Foundation

/// Reads and writes PNG files with their text chunks.
public enum PNGCodec {
  /// One text chunk: `parameters` is the key under which other tools keep generation settings.
  public typealias Text = (key: String, value: String)

  /// Pixels of the longest side, and of the largest picture, that is read or written.
  package static let largestSide = Int(CPNG_MAX_SIDE)
  package static let largestPixelCount = Int(CPNG_MAX_PIXELS)
  /// Bytes of the longest file that is read. No picture needs them, and what never ends is noticed.
  package static let largestFile = 1 << 30

  /// The file's bytes. A text that Latin-1 can hold becomes `tEXt`, any other `iTXt`, as Pillow's
  /// `PngInfo.add_text` decides.
  public static func encode(_ image: RGBImage, text: [Text] = []) throws(ImageError) -> [UInt8] {
    try encode(
      width: image.width, height: image.height, pixels: image.pixels, palette: [], text: text)
  }

  /// The file's bytes of a picture of few colours, a byte per pixel.
  package static func encode(_ image: IndexedImage) throws(ImageError) -> [UInt8] {
    try encode(
      width: image.width, height: image.height, pixels: image.indices,
      palette: image.palette.flatMap { [$0.red, $0.green, $0.blue] }, text: [])
  }

  private static func encode(
    width: Int, height: Int, pixels: [UInt8], palette: [UInt8], text: [Text]
  ) throws(ImageError) -> [UInt8] {
    var chunks: [cpng_text] = []
    defer { chunks.forEach(free) }
    for (key, value) in text { chunks.append(try chunk(key: key, value: value)) }

    var file = cpng_file()
    defer { cpng_file_free(&file) }
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    var pixels = pixels
    let encoded = pixels.withUnsafeMutableBufferPointer { pixels in
      chunks.withUnsafeMutableBufferPointer { chunks in
        palette.withUnsafeBufferPointer { palette in
          var picture = cpng_image(
            width: UInt32(width), height: UInt32(height), pixels: pixels.baseAddress,
            texts: chunks.baseAddress, text_count: chunks.count, palette: palette.baseAddress,
            palette_count: palette.count / 3)
          return cpng_encode(&picture, &file, &message)
        }
      }
    }
    guard encoded else {
      throw .cannotEncode(width: width, height: height, reason: string(message))
    }
    return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
  }

  /// The picture as Pillow's `convert("RGB")` gives it (alpha dropped, palette expanded, 16-bit colours cut
  /// to their high byte, 16-bit gray clipped), and the file's text chunks in order.
  public static func decode(_ bytes: [UInt8]) throws(ImageError) -> (image: RGBImage, text: [Text]) {
    try decode(bytes, path: nil)
  }

  /// The picture and the text chunks of a file.
  public static func decode(_ url: URL) throws(ImageError) -> (image: RGBImage, text: [Text]) {
    let data: Data
    do throws(FileProblem) { data = try RegularFile.contents(url.path, limit: largestFile) } catch {
      throw .unreadable(path: url.path, reason: error.reason)
    }
    return try decode([UInt8](data), path: url.path)
  }

  /// The picture that a user named, in a file or a stream, and what a reader should know of how it was read: nil for
  /// nothing.
  /// - Parameters:
  ///   - path: `-` is standard input
  ///   - whenWaiting: done once when a stream sends nothing for a while
  package static func decodeNamed(
    _ path: String, whenWaiting: () -> Void = {}
  ) throws(ImageError) -> (image: RGBImage, note: String?) {
    let (bytes, name) = try bytesNamed(path, whenWaiting: whenWaiting)
    let image = try decode(bytes, path: name).image
    // The header's place and layout are fixed: bit depth, then the type of colour, where 0 is gray.
    let isGray16 = bytes[24] == 16 && bytes[25] == 0
    return (
      image,
      isGray16 ? "\(name): of 16-bit gray, all values above 255 are white, as Pillow reads them" : nil
    )
  }

  /// The bytes that a user named, and what messages call them.
  static func bytesNamed(
    _ path: String, whenWaiting: () -> Void
  ) throws(ImageError) -> (bytes: [UInt8], name: String) {
    let name = path == InputFile.standardInput ? "standard input" : path
    do throws(FileProblem) {
      return (try InputFile.bytes(path, limit: largestFile, whenWaiting: whenWaiting), name)
    } catch {
      throw .unreadable(path: name, reason: error.reason)
    }
  }

  static func decode(
    _ bytes: [UInt8], path: String?
  ) throws(ImageError) -> (image: RGBImage, text: [Text]) {
    var picture = cpng_image()
    defer { cpng_image_free(&picture) }
    var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_SIZE))
    guard cpng_decode(bytes, bytes.count, &picture, &message) else {
      throw .invalidPNG(path: path, reason: string(message))
    }
    let width = Int(picture.width)
    let height = Int(picture.height)
    let pixels = Array(UnsafeBufferPointer(start: picture.pixels, count: width * height * 3))
    let text = UnsafeBufferPointer(start: picture.texts, count: picture.text_count).map { chunk in
      (key: latin1(chunk.key, strlen(chunk.key)), value: value(of: chunk))
    }
    return (RGBImage(width: width, height: height, pixels: pixels), text)
  }
}

extension PNGCodec {
  private static func chunk(key: String, value: String) throws(ImageError) -> cpng_text {
    let keyBytes = Array(key.utf8)
    guard
      (1...79).contains(keyBytes.count), keyBytes.allSatisfy({ (0x20...0x7e).contains($0) }),
      !key.hasPrefix(" "), !key.hasSuffix(" "), !key.contains("  ")
    else {
      throw .invalidText(key: key, reason: "a key is 1 to 79 ASCII characters without outer or double spaces")
    }
    let scalars = value.unicodeScalars
    guard !scalars.contains("\0") else {
      throw .invalidText(key: key, reason: "the value holds a NUL character, which PNG does not allow")
    }
    let isLatin1 = scalars.allSatisfy { $0.value < 256 }
    let bytes = isLatin1 ? scalars.map { UInt8($0.value) } : Array(value.utf8)
    return cpng_text(key: copy(keyBytes), value: copy(bytes), length: bytes.count, utf8: !isLatin1)
  }

  /// The bytes with a zero after them, for C.
  private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { memory[index] = CChar(bitPattern: byte) }
    memory[bytes.count] = 0
    return memory
  }

  private static func free(_ chunk: cpng_text) {
    chunk.key.deallocate()
    chunk.value.deallocate()
  }

  private static func value(of chunk: cpng_text) -> String {
    guard chunk.utf8 else { return latin1(chunk.value, chunk.length) }
    return String(
      decoding: UnsafeRawBufferPointer(start: chunk.value, count: chunk.length), as: UTF8.self)
  }

  private static func latin1(_ text: UnsafePointer<CChar>, _ count: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for byte in UnsafeRawBufferPointer(start: text, count: count) { scalars.append(Unicode.Scalar(byte)) }
    return String(scalars)
  }

  private static func string(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
