import CTurboJPEG
import CWebP

/// The forms of pictures that are read. Written is PNG alone.
public enum PictureFormat: String, Sendable, CaseIterable {
  case png = "PNG"
  case jpeg = "JPEG"
  case webp = "WebP"

  /// What the file begins as, whatever its name ends with; nil for none of them.
  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      self = .webp
    } else {
      return nil
    }
  }
}

/// A picture, and what its file says of its making.
public struct DecodedPicture: Sendable {
  public let format: PictureFormat
  public let image: RGBImage
  /// Text chunks of a PNG file.
  public let text: [PNGCodec.Text]
  /// The Exif block of the other forms, a TIFF file of its own.
  public let exif: [UInt8]?
  /// Whether its values were rounded away from those that its maker had.
  public let isLossy: Bool
}

/// Reads pictures of every form in ``PictureFormat``: PNG by libpng, JPEG by libjpeg-turbo and WebP by libwebp, with the
/// same values as Pillow's `convert("RGB")`.
public enum PictureCodec {
  /// - Parameter path: for the error
  public static func decode(_ bytes: [UInt8], path: String) throws(ImageError) -> DecodedPicture {
    switch PictureFormat(of: bytes) {
    case .png:
      let (image, text) = try PNGCodec.decode(bytes, path: path)
      return DecodedPicture(format: .png, image: image, text: text, exif: nil, isLossy: false)
    case .jpeg:
      return DecodedPicture(
        format: .jpeg, image: try jpeg(bytes, path), text: [], exif: jpegExif(bytes), isLossy: true)
    case .webp: return try webp(bytes, path)
    case nil:
      throw .unreadable(path: path, reason: "it is no PNG, JPEG or WebP file")
    }
  }

  /// The picture that a user named, in a file or a stream.
  /// - Parameters:
  ///   - path: `-` is standard input
  ///   - whenWaiting: done once when a stream sends nothing for a while
  package static func decodeNamed(
    _ path: String, whenWaiting: () -> Void = {}
  ) throws(ImageError) -> DecodedPicture {
    let (bytes, name) = try PNGCodec.bytesNamed(path, whenWaiting: whenWaiting)
    return try decode(bytes, path: name)
  }

  /// - Throws: ``ImageError/invalidPicture(_:path:reason:)`` for a size that is not read.
  private static func check(_ width: Int, _ height: Int, _ format: PictureFormat, _ path: String)
    throws(ImageError)
  {
    guard width > 0, height > 0, max(width, height) <= PNGCodec.largestSide,
      width * height <= PNGCodec.largestPixelCount
    else { throw .invalidPicture(format, path: path, reason: "\(width)x\(height) is no size that is read") }
  }

  private static func jpeg(_ bytes: [UInt8], _ path: String) throws(ImageError) -> RGBImage {
    guard let decoder = tjInitDecompress() else { preconditionFailure("libjpeg-turbo has no memory") }
    defer { tjDestroy(decoder) }
    func wrong() -> ImageError {
      .invalidPicture(.jpeg, path: path, reason: String(cString: tjGetErrorStr2(decoder)))
    }
    var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let size = UInt(bytes.count)
    guard tjDecompressHeader3(decoder, bytes, size, &width, &height, &subsampling, &space) == 0 else {
      throw wrong()
    }
    try check(Int(width), Int(height), .jpeg, path)
    var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
    // The exact transform is what Pillow uses; a warning is a damaged file.
    guard
      tjDecompress2(
        decoder, bytes, size, &pixels, width, 0, height, Int32(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT) == 0
    else { throw wrong() }
    return RGBImage(width: Int(width), height: Int(height), pixels: pixels)
  }

  /// The first segment that holds Exif, if any: segments are `FF`, a kind, and a length that counts itself.
  private static func jpegExif(_ bytes: [UInt8]) -> [UInt8]? {
    let name = Array("Exif\0\0".utf8)
    var index = 2
    while index + 4 <= bytes.count, bytes[index] == 0xFF, bytes[index + 1] != 0xDA {
      let length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
      guard length >= 2, index + 2 + length <= bytes.count else { return nil }
      let body = bytes[(index + 4)..<(index + 2 + length)]
      if bytes[index + 1] == 0xE1, body.starts(with: name) { return Array(body.dropFirst(name.count)) }
      index += 2 + length
    }
    return nil
  }

  private static func webp(_ bytes: [UInt8], _ path: String) throws(ImageError) -> DecodedPicture {
    func wrong(_ reason: String) -> ImageError { .invalidPicture(.webp, path: path, reason: reason) }
    var features = WebPBitstreamFeatures()
    guard WebPGetFeaturesInternal(bytes, bytes.count, &features, WEBP_DECODER_ABI_VERSION) == VP8_STATUS_OK
    else { throw wrong("its header is damaged") }
    let (width, height) = (Int(features.width), Int(features.height))
    try check(width, height, .webp, path)
    guard features.has_animation == 0 else { throw wrong("it is an animation") }
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    guard WebPDecodeRGBInto(bytes, bytes.count, &pixels, pixels.count, Int32(width * 3)) != nil else {
      throw wrong("its data is damaged or cut")
    }
    return DecodedPicture(
      format: .webp, image: RGBImage(width: width, height: height, pixels: pixels), text: [],
      exif: webpExif(bytes), isLossy: features.format != 2)
  }

  private static func webpExif(_ bytes: [UInt8]) -> [UInt8]? {
    bytes.withUnsafeBufferPointer { buffer in
      var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
      guard let demuxer = WebPDemuxInternal(&data, 0, nil, WEBP_DEMUX_ABI_VERSION) else { return nil }
      defer { WebPDemuxDelete(demuxer) }
      var chunk = WebPChunkIterator()
      guard WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) != 0 else { return nil }
      defer { WebPDemuxReleaseChunkIterator(&chunk) }
      return Array(UnsafeBufferPointer(start: chunk.chunk.bytes, count: chunk.chunk.size))
    }
  }
}
