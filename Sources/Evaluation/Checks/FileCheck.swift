import Images
public import Pictures
public import ResultStore

/// The files of a run's pictures against what the store says of them; no picture is made.
public struct FileCheck: Sendable {
  /// What became of one picture's file.
  public struct Result: Sendable {
    public let sample: SampleRecord
    public let prompt: PromptRecord
    public let variant: VariantRecord
    public let state: StoredFile.State
    /// As it was stored; of a store that kept none, the file's where that is unchanged.
    let pixelHash: String?

    init(
      _ sample: SampleRecord, _ picture: PictureRecord, _ prompt: PromptRecord, _ variant: VariantRecord,
      _ folders: PictureFolders
    ) {
      let file = StoredFile(try? folders.url(of: picture), hash: picture.fileHash)
      self.sample = sample
      self.prompt = prompt
      self.variant = variant
      state = file.state
      pixelHash =
        picture.pixelHash ?? (file.state == .stored ? try? PNGCodec.decode(file.bytes).image.hash : nil)
    }
  }

  public let results: [Result]

  /// Of all finished pictures.
  /// - Throws: ``EvaluationError/nothingToVerify(run:)``
  public init(of contents: RunContents, folders: PictureFolders) throws(EvaluationError) {
    self.init(of: contents.samples, in: contents, folders: folders)
    guard !results.isEmpty else { throw .nothingToVerify(run: contents.run.name) }
  }

  init(of samples: [SampleRecord], in contents: RunContents, folders: PictureFolders) {
    let prompts = Dictionary(contents.prompts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let variants = Dictionary(contents.variants.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    results = samples.compactMap { sample in
      guard sample.state == .done, let picture = sample.picture, let prompt = prompts[sample.promptID],
        let variant = variants[sample.variantID]
      else { return nil }
      return Result(sample, picture, prompt, variant, folders)
    }
  }

  /// Those whose files are not what was stored.
  public var changed: [Result] { results.filter { $0.state != .stored } }
}
