import Foundation
import Images
import ResultStore

/// Makes the files of pictures that share a baseline, as far as they are not there yet.
struct PictureFileMaker: Sendable {
  let contents: RunContents
  /// The run's folder.
  let source: URL
  /// Where the files go.
  let target: URL
  /// From the page to `target`.
  let prefix: String

  private var hasThumbnails: Bool {
    Thumbnail.isNeeded(width: contents.run.settings.width, height: contents.run.settings.height)
  }

  /// Makes the folders.
  func prepare() throws(ReportError) {
    for name in [Thumbnail.folder, HeatMap.folder] {
      let folder = target.appendingPathComponent(name)
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw .unwritable(path: folder.path, reason: error.localizedDescription)
      }
    }
  }

  /// - Parameter others: Pictures of the same prompt and seed.
  func files(
    baseline: SampleRecord?, others: [SampleRecord]
  ) throws(ReportError) -> [Int64: PictureFiles] {
    var result: [Int64: PictureFiles] = [:]
    var reference: Original?
    if let baseline {
      let original = Original(baseline, in: source)
      result[baseline.id] = try files(baseline, original, reference: nil, isAlone: others.isEmpty)
      if result[baseline.id]?.problem == nil { reference = original }
    }
    for sample in others {
      result[sample.id] = try files(
        sample, Original(sample, in: source), reference: reference, isAlone: reference == nil)
    }
    // The baseline may have turned out to be damaged only when it was compared.
    if let baseline, let problem = reference?.problem { result[baseline.id] = PictureFiles(problem: problem) }
    return result
  }

  /// - Parameter isAlone: Whether nothing is made of the picture and another: it is read to know that it can be shown.
  private func files(
    _ sample: SampleRecord, _ original: Original, reference: Original?, isAlone: Bool
  ) throws(ReportError) -> PictureFiles {
    guard let written = original.time else { return PictureFiles(problem: original.problem) }
    var files = PictureFiles(picture: address(original.path))
    files.thumbnail = files.picture
    let name = Self.name(original.path)
    if hasThumbnails {
      let path = "\(Thumbnail.folder)/\(name)"
      if !isCurrent(path, since: written), let picture = original.read() {
        try write(path, of: original) { () throws(ImageError) in
          try PNGCodec.encode(Thumbnail.image(of: picture))
        }
      }
      files.thumbnail = address(path)
    }
    if let reference, let other = reference.time {
      // Runs that share a folder may compare one picture with different baselines.
      let key = reference.key.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8)
      let stem = name.hasSuffix(".png") ? String(name.dropLast(4)) : name
      let path = "\(HeatMap.folder)/\(stem)-\(key).png"
      var isThere = isCurrent(path, since: max(written, other))
      if !isThere, let picture = original.read(), let baseline = reference.read(),
        (picture.width, picture.height) == (baseline.width, baseline.height)
      {
        try write(path, of: original) { () throws(ImageError) in
          try PNGCodec.encode(HeatMap.image(of: picture, from: baseline))
        }
        isThere = true
      }
      if isThere { files.difference = address(path) }
    } else if isAlone, !hasThumbnails {
      original.read()
    }
    if let problem = original.problem { return PictureFiles(problem: problem) }
    try copy(original, since: written)
    return files
  }

  /// Of the picture's file, without the folder that a sweep puts pictures in.
  private static func name(_ path: String) -> String {
    (path.hasPrefix("images/") ? String(path.dropFirst(7)) : path).replacing("/", with: "-")
  }

  private func address(_ path: String) -> String {
    (prefix + path).addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? prefix + path
  }

  /// Whether the file is newer than what it is made from. Clocks of file systems tick in milliseconds: of two files
  /// of one tick nobody knows which came first.
  private func isCurrent(_ path: String, since written: FileTime) -> Bool {
    FileTime(path: target.appendingPathComponent(path).path).map { $0 > written } ?? false
  }

  private func write(
    _ path: String, of original: Original, _ png: () throws(ImageError) -> [UInt8]
  ) throws(ReportError) {
    let url = target.appendingPathComponent(path)
    do {
      try AtomicFile.write(png(), to: url)
    } catch .unwritable(let path, let reason) {
      throw .unwritable(path: path, reason: reason)
    } catch {
      throw .unwritable(path: url.path, reason: "\(error)")
    }
  }

  /// Takes a picture along to the page's folder.
  private func copy(_ original: Original, since written: FileTime) throws(ReportError) {
    let copy = target.appendingPathComponent(original.path)
    guard target.standardizedFileURL != source.standardizedFileURL,
      FileTime(path: copy.path).map({ $0 < written }) ?? true  // a copy may keep the original's time
    else { return }
    do {
      let manager = FileManager.default
      try manager.createDirectory(at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      if manager.fileExists(atPath: copy.path) { try manager.removeItem(at: copy) }
      try manager.copyItem(at: original.url, to: copy)
    } catch {
      throw .unwritable(path: copy.path, reason: error.localizedDescription)
    }
  }
}

/// A picture of the run, read at most once and only where its pixels are needed.
private final class Original {
  let path: String
  let url: URL
  /// What decides its pixels.
  let key: String
  /// Nil when the file is gone.
  let time: FileTime?
  private(set) var problem: String?
  private var image: RGBImage?

  init(_ sample: SampleRecord, in folder: URL) {
    path = sample.imagePath ?? ""
    url = folder.appendingPathComponent(path)
    key = sample.contentKey
    time = FileTime(path: url.path)
    if time == nil { problem = "The file \(path) is gone" }
  }

  @discardableResult func read() -> RGBImage? {
    if let image { return image }
    guard problem == nil else { return nil }
    do throws(ImageError) {
      image = try PNGCodec.decode(url).image
    } catch {
      problem =
        switch error {
        case .unreadable(_, let reason): "The file \(path) cannot be read: \(reason)"
        case .invalidPNG(_, let reason): "The file \(path) is damaged: \(reason)"
        default: "\(error)"
        }
    }
    return image
  }
}
