import Images

/// PNG files and their text chunks: a picture of the size that it states, or an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  // A few bytes may state a picture of gigabytes; those have tests of their own.
  guard count < 24 || (bytes[16..<24].enumerated().allSatisfy { $0 % 4 > 1 || $1 == 0 }) else { return 0 }
  guard let (image, text) = try? PNGCodec.decode(bytes) else { return 0 }
  precondition(image.pixels.count == image.width * image.height * 3)
  for (key, value) in text { _ = (key.count, value.count) }
  return 0
}
