import Files
public import Foundation

/// A model folder on disk.
public struct ModelDirectory: ModelFiles {
  public let url: URL
  public let resident: WeightsResidency
  private let cache: DigestCache?

  /// In bytes; the largest of CLIP's, its `tokenizer.json`, has 4 MB.
  private static let largestConfiguration = 64 << 20

  /// - Parameters:
  ///   - resident: how weights are kept in memory
  ///   - cache: where the digests of large files are looked up and kept; nil reads the files each time
  /// - Throws: ``CheckpointError`` unless `url` is a folder of a model.
  public init(
    _ url: URL, resident: WeightsResidency = .stored, cache: DigestCache? = nil
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
    self.cache = cache
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
    try ModelDirectory(url.appendingPathComponent(name), resident: resident, cache: cache)
  }

  public func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    try SafetensorsFile(url.appendingPathComponent(name))
  }

  public func digests(of name: String) throws(CheckpointError) -> [String] {
    let file = url.appendingPathComponent(name).standardizedFileURL.path
    guard let cache else { return try FileMapping(path: file).digests() }
    return try cache.digests(ofFile: file)
  }
}
