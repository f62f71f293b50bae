import Files
import Foundation
import Images
import Pictures
import ResultStore
import Wording

/// Makes the files of pictures that share a baseline, as far as they are not there yet.
struct PictureFileMaker: Sendable {
  /// Where the run's pictures are.
  let sources: PictureFolders
  /// The page's folder.
  let page: URL
  /// Where the files go: the page's folder or one in it.
  let target: URL

  /// Makes the folders, and clears away what a killed process left half written in them.
  func prepare() throws(PictureFileError) {
    for name in [Thumbnail.folder, HeatMap.folder] {
      let folder = target.appendingPathComponent(name)
      try makeFolder(folder)
      AtomicFile.clearLeftovers(in: folder)
    }
    AtomicFile.clearLeftovers(in: target.appendingPathComponent(PictureFolders.pictures))
  }

  /// - Parameter others: Pictures of the same prompt and seed.
  func files(
    baseline: SampleRecord?, others: [SampleRecord]
  ) throws(PictureFileError) -> [Int64: PictureFiles] {
    var result: [Int64: PictureFiles] = [:]
    var reference: Original?
    if let baseline, let original = original(baseline) {
      result[baseline.id] = try files(original, reference: nil, isAlone: others.isEmpty)
      if result[baseline.id]?.problem == nil { reference = original }
    }
    for sample in others {
      guard let original = original(sample) else { continue }
      result[sample.id] = try files(original, reference: reference, isAlone: reference == nil)
    }
    // The baseline may have turned out to be damaged only when it was compared.
    if let baseline, let problem = reference?.problem { result[baseline.id] = PictureFiles(problem: problem) }
    return result
  }

  private func original(_ sample: SampleRecord) -> Original? {
    sample.picture.map { Original(sample, $0, in: sources) }
  }

  /// - Parameter isAlone: Whether nothing is made of the picture and another: it is read to know that it can be shown.
  private func files(
    _ original: Original, reference: Original?, isAlone: Bool
  ) throws(PictureFileError) -> PictureFiles {
    guard original.problem == nil, let written = original.time, let source = original.url else {
      return PictureFiles(problem: original.problem)
    }
    if isAlone, !original.isLarge { original.decode() }
    let place = try place(of: original, at: source, since: written)
    var files = PictureFiles(picture: address(place), thumbnail: address(place))
    let stem = Self.stem(original.name)
    if original.isLarge {
      files.thumbnail = try made("\(Thumbnail.folder)/\(stem).png", since: written) { () throws(ImageError) in
        guard let picture = original.decode() else { return nil }
        return try PNGCodec.encode(Thumbnail.image(of: picture))
      }
    }
    if let reference, let other = reference.time {
      // Runs that share a folder may compare one picture with different baselines.
      let key = reference.key.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8)
      files.difference = try made("\(HeatMap.folder)/\(stem)-\(key).png", since: max(written, other)) {
        () throws(ImageError) in
        guard let picture = original.decode(), let baseline = reference.decode(),
          (picture.width, picture.height) == (baseline.width, baseline.height)
        else { return nil }
        return try PNGCodec.encode(HeatMap.image(of: picture, from: baseline))
      }
    }
    return original.problem.map { PictureFiles(problem: $0) } ?? files
  }

  /// Of the picture's file, without the folder that a sweep puts pictures in.
  private static func stem(_ name: String) -> String {
    let folder = PictureFolders.pictures + "/"
    let own = name.dropFirst(name.hasPrefix(folder) ? folder.count : 0)
    let flat = String(own).replacing(scalar: "/", with: "-")
    return String(flat.hasSuffix(".png") ? flat.dropLast(4) : flat[...])
  }

  private func address(_ file: URL) -> String {
    let path = file.path(below: page) ?? file.path
    return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
  }

  /// The address of a file that is made of pictures, where it is not newer than they are. Clocks of file systems tick
  /// in milliseconds: of two files of one tick nobody knows which came first.
  /// - Parameter png: Nil when they cannot be shown.
  private func made(
    _ path: String, since written: FileTime, _ png: () throws(ImageError) -> [UInt8]?
  ) throws(PictureFileError) -> String? {
    let file = try destination(path)
    if let time = FileTime(file, followsLinks: false), time > written { return address(file) }
    do {
      guard let bytes = try png() else { return nil }
      try AtomicFile.writeUnlisted(bytes, to: file)
    } catch {
      throw PictureFileError(error, path: file.path)
    }
    return address(file)
  }

  /// Where the page finds a picture: where it lies, or as a copy in the page's folder. What cannot be decoded is not
  /// copied.
  private func place(
    of original: Original, at source: URL, since written: FileTime
  ) throws(PictureFileError) -> URL {
    if source.path(below: page) != nil { return source }
    let copy = try destination(original.name)
    if let time = FileTime(copy, followsLinks: false), time > written { return copy }
    guard original.decode() != nil else { return copy }
    try makeFolder(copy.deletingLastPathComponent())
    do {
      try AtomicFile.writeUnlisted(original.bytes, to: copy)
    } catch {
      throw PictureFileError(error, path: copy.path)
    }
    return copy
  }

  /// Of a file in the target's folder; no link leads out of that.
  private func destination(_ path: String) throws(PictureFileError) -> URL {
    let place = target.appendingPathComponent(path)
    // A link in the file's own place is replaced.
    let folder = place.deletingLastPathComponent().resolvingSymlinksInPath()
    guard folder.path(below: target.resolvingSymlinksInPath()) != nil else {
      throw .unwritable(path: place.path, reason: "a link leads out of \(target.path)")
    }
    return place
  }

  private func makeFolder(_ folder: URL) throws(PictureFileError) {
    do throws(FileProblem) { try Folder.make(folder.path) } catch {
      throw .unwritable(path: folder.path, reason: error.reason)
    }
  }
}

extension PictureFileError {
  fileprivate init(_ error: ImageError, path: String) {
    self =
      if case .unwritable(let path, let reason) = error { .unwritable(path: path, reason: reason) } else {
        .unwritable(path: path, reason: "\(error)")
      }
  }
}
