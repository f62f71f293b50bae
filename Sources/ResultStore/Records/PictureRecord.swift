import GRDB
public import Pictures

/// A picture's file.
public struct PictureRecord: StoredRecord {
  public static let databaseTableName = "picture"

  public enum Format: String, Codable, Sendable {
    case png
  }

  @RowID public var id: Int64
  /// What ``path`` is relative to.
  public var base: PictureBase
  /// As in `images/0074-s0-r0.50-1a2b3c4d.png`.
  public var path: PicturePath
  /// SHA-256 of the file.
  public var fileHash: String
  /// SHA-256 of size and pixels, see `RGBImage.hash`; nil for pictures of a store that did not keep it.
  public var pixelHash: String?
  /// Pixels.
  public var width: Int
  public var height: Int
  public var format: Format

  public init(
    base: PictureBase, path: PicturePath, fileHash: String, pixelHash: String?, width: Int, height: Int,
    format: Format = .png
  ) {
    id = 0
    self.base = base
    self.path = path
    self.fileHash = fileHash
    self.pixelHash = pixelHash
    self.width = width
    self.height = height
    self.format = format
  }
}
