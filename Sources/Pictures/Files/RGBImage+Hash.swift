import Digests
public import Images

extension RGBImage {
  /// SHA-256 of size and pixels: equal for equal pictures, whatever their files are.
  public var hash: String {
    var hash = SHA256()
    Array("\(width)x\(height)\n".utf8).withUnsafeBytes { hash.update($0) }
    pixels.withUnsafeBytes { hash.update($0) }
    return hash.hexDigest()
  }
}
