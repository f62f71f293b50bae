import Files
public import Foundation

/// A model folder on disk, in the layout of diffusers or transformers.
public struct ModelDirectory: ModelFiles {
  /// The folder.
  public let url: URL
  public let resident: WeightsResidency
  public let variant: String?
  /// Where the digests of large files are looked up and kept.
  public let digestCache: DigestCache?

  /// In bytes; the largest of CLIP's, its `tokenizer.json`, has 4 MB.
  private static let largestConfiguration = 64 << 20

  /// - Parameters:
  ///   - url: the folder, of a whole model or of one component
  ///   - resident: how weights are kept in memory
  ///   - variant: of the weights, as in `fp16`; nil for the first that is there
  ///   - cache: where the digests of large files are looked up and kept; nil reads the files each time
  /// - Throws: ``CheckpointError`` unless `url` is a folder of a model.
  public init(
    _ url: URL, resident: WeightsResidency = .stored, variant: String? = nil, cache: DigestCache? = nil
  ) throws(CheckpointError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw .missingFile(
        path: url.path, hint: "expected a model folder as diffusers or transformers saves it")
    }
    guard isDirectory.boolValue else {
      throw .unreadable(
        path: url.path, reason: "is a file; expected a model folder as diffusers or transformers saves it")
    }
    if let obstacle = HuggingFaceCache.obstacle(url) { throw .unreadable(path: url.path, reason: obstacle) }
    self.url = url
    self.resident = resident
    self.variant = variant
    digestCache = cache
  }

  public var path: String { url.path }

  public func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(of: name)) }

  public func data(_ name: String) throws(CheckpointError) -> Data {
    do throws(FileProblem) {
      return try RegularFile.contents(path(of: name), limit: Self.largestConfiguration)
    } catch {
      throw CheckpointError(error, path: path(of: name), hint: "a model folder holds one; export it again")
    }
  }

  public func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
    try ModelDirectory(
      url.appendingPathComponent(name), resident: resident, variant: variant, cache: digestCache)
  }

  public func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    WeightsName.isIndex(name)
      ? try ShardedTensors(ShardIndex(name, in: self)) : try SafetensorsFile(url.appendingPathComponent(name))
  }

  public func digests(of name: String) throws(CheckpointError) -> [String] {
    var digests = try digests(ofFile: name)
    guard WeightsName.isIndex(name) else { return digests }
    for shard in try ShardIndex(name, in: self).shards { digests += try self.digests(ofFile: shard) }
    return digests
  }

  private func digests(ofFile name: String) throws(CheckpointError) -> [String] {
    let file = url.appendingPathComponent(name).standardizedFileURL.path
    guard let digestCache else { return try FileMapping(path: file).digests() }
    return try digestCache.digests(ofFile: file)
  }
}
