import Digests
import Engines
import Images
import Machine
import Pictures
import ResultStore

/// Takes pictures into a run: the file first, then its row, so that no row is without its file.
///
/// Who makes them enters the store with the first one.
struct PictureAdopter {
  private let run: RunRecord
  private let store: ResultStore
  private let folder: RunFolder
  private var execution: ExecutionRecord

  /// - Parameter execution: of this process, not stored yet
  init(_ run: RunRecord, store: ResultStore, folder: RunFolder, execution: ExecutionRecord) {
    self.run = run
    self.store = store
    self.folder = folder
    self.execution = execution
    self.execution.runID = run.id
  }

  /// Writes a picture that an engine made, and stores it.
  ///
  /// - Returns: the sample as it is stored, done.
  /// - Throws: `ImageError` and `StoreError` when the folder or the store cannot be written to.
  mutating func adopt(
    _ made: MadePicture, as sample: SampleRecord, _ request: PictureRequest, name: String
  ) throws -> SampleRecord {
    let start = ContinuousClock.now
    let png = try PNGCodec.encode(
      made.image, text: PictureMetadata(request: request, modelName: run.modelName).textChunks)
    let path = try PicturePath("\(PictureFolders.pictures)/\(name).png")
    try AtomicFile.write(png, to: folder.url(ofOutput: path))
    let written = start.duration(to: .now) / .seconds(1)
    var sample = SampleRecord(
      id: sample.id, promptID: sample.promptID, variantID: sample.variantID, seed: sample.seed,
      contentKey: request.key)
    sample.executionID = try executionID()
    sample.latentsHash = made.latentsHash
    sample.stageSeconds = made.stages
    sample.stageSeconds?.write = written
    sample.seconds = sample.stageSeconds?.total ?? made.seconds + written
    sample.secondsPerStep = made.secondsPerStep
    sample.peakMemoryBytes = made.peakMemoryBytes
    sample.mergeStatistics = made.mergeStatistics
    let location = folder.folders.location(ofOutput: path)
    let picture = PictureRecord(
      base: location.base, path: location.path, fileHash: SHA256.hex(of: png), pixelHash: made.image.hash,
      width: made.image.width, height: made.image.height)
    return try store.adopt(sample, picture: picture, blocks: made.blockStatistics)
  }

  /// Stores why a sample has no picture.
  func refuse(_ sample: SampleRecord, _ request: PictureRequest, because error: EngineError) throws
    -> SampleRecord
  {
    var sample = SampleRecord(
      id: sample.id, promptID: sample.promptID, variantID: sample.variantID, seed: sample.seed,
      state: .failed, contentKey: request.key)
    sample.error = "\(error)"
    try store.update(sample)
    return sample
  }

  private mutating func executionID() throws -> Int64 {
    if execution.id == 0 { execution = try store.insert(execution) }
    return execution.id
  }
}
