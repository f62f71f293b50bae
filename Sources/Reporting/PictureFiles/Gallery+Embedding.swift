import Foundation

/// The pictures inside the page itself, as `data:` addresses.
extension Gallery {
  /// Every picture once: one that is its own thumbnail has no address of its own.
  /// - Parameter folder: What the addresses are relative to.
  func embedded(from folder: URL) throws(ReportError) -> Gallery {
    try mapping { files throws(ReportError) in
      var result = files
      result.picture = files.picture == files.thumbnail ? nil : try Self.data(files.picture, from: folder)
      result.thumbnail = try Self.data(files.thumbnail, from: folder)
      result.difference = try Self.data(files.difference, from: folder)
      return result
    }
  }

  /// About how many bytes that takes.
  func embeddedSize(from folder: URL) -> Int {
    addresses.reduce(0) { sum, address in
      let size = try? FileManager.default.attributesOfItem(atPath: Self.url(address, from: folder).path)[
        .size]
      return sum + ((size as? Int) ?? 0) * 4 / 3
    }
  }

  private static func url(_ address: String, from folder: URL) -> URL {
    folder.appendingPathComponent(address.removingPercentEncoding ?? address)
  }

  private static func data(_ address: String?, from folder: URL) throws(ReportError) -> String? {
    guard let address else { return nil }
    let url = url(address, from: folder)
    do {
      return "data:image/png;base64," + (try Data(contentsOf: url).base64EncodedString())
    } catch {
      throw .unreadable(path: url.path, reason: error.localizedDescription)
    }
  }
}
