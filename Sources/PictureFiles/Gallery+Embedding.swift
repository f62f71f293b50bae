import Files
package import Foundation
import Images

/// The pictures inside the page itself, as `data:` addresses.
extension Gallery {
  /// Every picture once: one that is its own thumbnail has no address of its own. What is no picture is left out, so
  /// that a page holds nothing but pictures.
  /// - Parameter folder: What the addresses are relative to.
  package func embedded(from folder: URL) throws(PictureFileError) -> Gallery {
    try mapping { files throws(PictureFileError) in
      guard let address = files.picture else { return files }
      let picture = try Self.data(address, from: folder)
      guard let data = picture.data else { return PictureFiles(problem: picture.problem) }
      let difference = try files.difference.map { address throws(PictureFileError) in
        try Self.data(address, from: folder).data
      }
      guard let thumbnail = files.thumbnail, thumbnail != address else {
        return PictureFiles(thumbnail: data, difference: difference ?? nil)
      }
      return PictureFiles(
        picture: data, thumbnail: try Self.data(thumbnail, from: folder).data ?? data,
        difference: difference ?? nil)
    }
  }

  /// About how many bytes that takes.
  package func embeddedSize(from folder: URL) -> Int {
    addresses.reduce(0) { sum, address in
      let size = try? FileManager.default.attributesOfItem(atPath: Self.url(address, from: folder).path)[
        .size]
      return sum + ((size as? Int) ?? 0) * 4 / 3
    }
  }

  private static func url(_ address: String, from folder: URL) -> URL {
    folder.appendingPathComponent(address.removingPercentEncoding ?? address)
  }

  /// No data, but a problem, for what is no picture.
  private static func data(
    _ address: String, from folder: URL
  ) throws(PictureFileError) -> (data: String?, problem: String?) {
    let url = url(address, from: folder)
    let bytes: Data
    do throws(FileProblem) { bytes = try RegularFile.contents(url.path, limit: PNGCodec.largestFile) } catch {
      throw .unreadable(path: url.path, reason: error.reason)
    }
    do throws(ImageError) {
      _ = try PNGCodec.decode([UInt8](bytes))
    } catch {
      return (nil, error.problem(of: url.lastPathComponent))
    }
    return ("data:image/png;base64," + bytes.base64EncodedString(), nil)
  }
}
