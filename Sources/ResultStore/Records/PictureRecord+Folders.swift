public import Foundation
public import Pictures

extension PictureFolders {
  /// Where a stored picture's file is, or would be.
  ///
  /// - Throws: `PicturePathError` when a link on the way leads out of the folder.
  public func url(of picture: PictureRecord) throws(PicturePathError) -> URL {
    try url(of: picture.path, base: picture.base)
  }

  /// What became of a stored picture's file, which is read for it.
  public func state(of picture: PictureRecord) -> StoredFile.State {
    StoredFile.state(try? url(of: picture), hash: picture.fileHash)
  }
}
