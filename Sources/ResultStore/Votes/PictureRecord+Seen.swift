extension PictureRecord {
  /// What names that which people see: the hash of the pixels, of the file where a store has no other.
  public var seenHash: String { pixelHash ?? fileHash }

  /// Whether it shows what was seen under that name.
  public func shows(_ seenHash: String) -> Bool { pixelHash == seenHash || fileHash == seenHash }
}
