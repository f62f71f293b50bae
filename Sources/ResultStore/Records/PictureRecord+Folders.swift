public import Foundation
public import Pictures

extension PictureFolders {
  /// Where a stored picture's file is, or would be.
  ///
  /// - Throws: `PicturePathError` when a link on the way leads out of the folder.
  public func url(of picture: PictureRecord) throws(PicturePathError) -> URL {
    try url(of: picture.path, base: picture.base)
  }

  /// Whether a stored picture's file is where it should be.
  public func hasFile(_ picture: PictureRecord) -> Bool {
    (try? url(of: picture)).map { FileManager.default.fileExists(atPath: $0.path) } ?? false
  }
}
