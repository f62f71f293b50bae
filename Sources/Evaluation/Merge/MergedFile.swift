import Digests
import Files
import Foundation
import Images
import Pictures
import ResultStore

/// Brings pictures' files into a run's folder, under the names that a sweep gives them.
struct MergedFile {
  let store: ResultStore
  let folder: RunFolder
  /// Whether no file gets a second name instead of a copy.
  let copies: Bool

  /// - Parameters:
  ///   - file: what is taken, whose hash was just looked at
  ///   - own: the sample that it becomes the picture of
  /// - Returns: the picture as it lies in the folder, and whether it is the same file; nil where it was changed
  ///   meanwhile.
  /// - Throws: `ImageError` and `StoreError` when the folder cannot be written to or the store not be read.
  func take(
    _ file: URL, _ picture: PictureRecord, as own: SampleRecord, _ prompt: PromptRecord,
    _ variant: VariantRecord
  ) throws -> (picture: PictureRecord, isLink: Bool)? {
    let request = PictureRequest(variant.recipe, prompt: prompt.text, seed: own.seed)
    let name = PictureName.of(prompt, variant, request)
    var path = try PicturePath("\(PictureFolders.pictures)/\(name).png")
    if try isTaken(path, by: picture, own) {
      path = try PicturePath("\(PictureFolders.pictures)/\(name)-\(picture.fileHash.prefix(8)).png")
    }
    let url = folder.url(ofOutput: path)
    var isLink = false
    if StoredFile.state(url, hash: picture.fileHash) != .stored {
      isLink = try !copies && AtomicFile.link(file, to: url)
      if !isLink {
        let bytes = [UInt8](try RegularFile.contents(file.path, limit: PNGCodec.largestFile))
        guard SHA256.hex(of: bytes) == picture.fileHash else { return nil }
        try AtomicFile.writeUnlisted(bytes, to: url)
      }
    }
    let place = folder.folders.location(ofOutput: path)
    let taken = PictureRecord(
      base: place.base, path: place.path, fileHash: picture.fileHash, pixelHash: picture.pixelHash,
      width: picture.width, height: picture.height)
    return (taken, isLink)
  }

  /// Whether another run has other pixels under the name: of pictures made elsewhere, equal settings need not mean
  /// equal pictures.
  private func isTaken(_ path: PicturePath, by picture: PictureRecord, _ own: SampleRecord) throws -> Bool {
    let place = folder.folders.location(ofOutput: path)
    guard let known = try store.picture(at: place.path, base: place.base) else { return false }
    return known.fileHash != picture.fileHash && known.id != own.pictureID
  }
}
