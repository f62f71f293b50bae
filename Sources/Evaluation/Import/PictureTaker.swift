import Digests
import Files
import Foundation
import Images
import Importing
import Machine
import Pictures
import ResultStore

/// Takes files of pictures into a run: refers to them where they are, or copies them.
struct PictureTaker {
  enum Result {
    case taken(isCopy: Bool)
    /// It was there already.
    case known
    case conflict(String)

    var isCopy: Bool { if case .taken(isCopy: true) = self { true } else { false } }
  }

  private let store: ResultStore
  private let folder: RunFolder
  private let copies: Bool
  private let prompts: [Int64: PromptRecord]
  private let variants: [Int64: VariantRecord]
  private var execution: ExecutionRecord

  /// - Parameter execution: of this process, not stored yet
  init(
    _ contents: RunContents, store: ResultStore, folder: RunFolder, _ execution: ExecutionRecord, copies: Bool
  ) {
    self.store = store
    self.folder = folder
    self.copies = copies
    prompts = Dictionary(contents.prompts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    variants = Dictionary(contents.variants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.execution = execution
    self.execution.runID = contents.run.id
  }

  /// Takes pictures: first their files, then their rows, in one transaction. Those that were taken when something is
  /// thrown are.
  ///
  /// - Parameters:
  ///   - progress: told how many of them are dealt with
  ///   - count: told what became of each, when it is stored
  /// - Throws: `ImageError` and `StoreError` when the folder or the store cannot be written to, `CancellationError`
  mutating func take(
    _ pictures: some Collection<(file: ReadPicture, sample: SampleRecord)>, _ cancellation: Cancellation,
    progress: (Int) -> Void, count: (Result) -> Void
  ) throws {
    var results: [Result] = []
    var rows: [FinishedPicture] = []
    var failure: (any Error)?
    for (file, sample) in pictures {
      do {
        try cancellation.check()
        switch try look(at: file, as: sample) {
        case .known: results.append(.known)
        case .conflict(let text): results.append(.conflict(text))
        case .wanted(let picture, let isCopy):
          rows.append(FinishedPicture(sample, picture))
          rows[rows.count - 1].sample.seconds = file.facts.seconds
          results.append(.taken(isCopy: isCopy))
        }
        progress(results.count)
      } catch {
        failure = error
        break
      }
    }
    if !rows.isEmpty {
      if results.contains(where: \.isCopy) { try folder.syncPictures() }
      if execution.id == 0 { execution = try store.insert(execution) }
      for index in rows.indices { rows[index].sample.executionID = execution.id }
      try store.adopt(rows)
    }
    results.forEach(count)
    if let failure { throw failure }
  }

  private enum Finding {
    case known
    case conflict(String)
    /// Its file is where it stays.
    case wanted(PictureRecord, isCopy: Bool)
  }

  /// Refers to a file or copies it, unless the sample has a picture.
  private func look(at file: ReadPicture, as sample: SampleRecord) throws -> Finding {
    let place = copies || file.format != .png ? nil : location(of: file.url)
    if sample.state == .done, let stored = sample.picture {
      let isThere = stored.pixelHash == file.pixelHash && has(stored)
      if isThere { return .known }
      // Its file was changed or is gone: what is there now takes its place.
      if has(stored), place.map({ $0 != (stored.path, stored.base) }) ?? true {
        return .conflict("\(file.url.path): another picture than \(stored.path), which is in its place")
      }
    }
    if let place { return .wanted(record(file, place, hash: file.fileHash), isCopy: false) }
    guard let picture = try copy(file, as: sample) else {
      return .conflict("\(file.url.path): changed since it was read; import it again")
    }
    return .wanted(picture, isCopy: true)
  }

  private func has(_ picture: PictureRecord) -> Bool {
    (try? folder.folders.url(of: picture)).map { FileManager.default.fileExists(atPath: $0.path) } ?? false
  }

  /// Where a file lies below the store's folder or the run's; nil for one that lies elsewhere, or behind a link.
  private func location(of url: URL) -> (path: PicturePath, base: PictureBase)? {
    for (base, above) in [(PictureBase.store, folder.folders.store), (.output, folder.folders.output)] {
      guard let path = url.path(below: above).flatMap({ try? PicturePath($0) }),
        (try? folder.folders.url(of: path, base: base)) != nil
      else { continue }
      return (path, base)
    }
    return nil
  }

  private func record(
    _ file: ReadPicture, _ place: (path: PicturePath, base: PictureBase), hash: String
  ) -> PictureRecord {
    PictureRecord(
      base: place.base, path: place.path, fileHash: hash, pixelHash: file.pixelHash, width: file.size.width,
      height: file.size.height)
  }

  /// - Returns: nil when the file is not what was read.
  private func copy(_ file: ReadPicture, as sample: SampleRecord) throws -> PictureRecord? {
    guard let prompt = prompts[sample.promptID], let variant = variants[sample.variantID] else {
      preconditionFailure("a sample of no prompt or variant of its run")
    }
    let request = PictureRequest(variant.recipe, prompt: prompt.text, seed: sample.seed)
    let path = try PicturePath("\(PictureFolders.pictures)/\(PictureName.of(prompt, variant, request)).png")
    var bytes = [UInt8](try RegularFile.contents(file.url.path, limit: PNGCodec.largestFile))
    var hash = SHA256.hex(of: bytes)
    guard hash == file.fileHash else { return nil }
    if file.format != .png {
      bytes = try PNGCodec.encode(PictureCodec.decode(bytes, path: file.url.path).image)
      hash = SHA256.hex(of: bytes)
    }
    try AtomicFile.writeUnlisted(bytes, to: folder.url(ofOutput: path))
    return record(file, folder.folders.location(ofOutput: path), hash: hash)
  }
}
