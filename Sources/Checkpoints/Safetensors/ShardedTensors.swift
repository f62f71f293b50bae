import Foundation
import Tensors

/// Weights that lie in several safetensors files, and the index that says which tensor lies in which: what
/// diffusers and transformers write for large models (`*.safetensors.index.json`).
struct ShardedTensors: TensorSource {
  /// Of the index.
  let path: String
  private let shards: [SafetensorsFile]
  /// By the tensor's name, the number of its shard.
  private let places: [String: Int]

  /// - Throws: ``CheckpointError`` naming the file and the tensor at fault when index and shards do not agree,
  ///   or one of them is missing, malformed or truncated.
  init(_ index: ShardIndex) throws(CheckpointError) {
    path = index.path
    var shards: [SafetensorsFile] = []
    var places: [String: Int] = [:]
    for name in index.shards {
      let keys = index.keys(in: name)
      let url = index.url(of: name)
      guard FileManager.default.fileExists(atPath: url.path) else {
        throw .missingFile(
          path: url.path,
          hint: "\(index.name) has \(keys.count) of its tensors there, the first is '\(keys[0])'; "
            + "download it again")
      }
      let shard = try SafetensorsFile(url)
      if let key = keys.first(where: { shard.entries[$0] == nil }) {
        throw index.error(key, "is said to be in \(name), which has no such tensor; download both again")
      }
      if let key = shard.entries.keys.filter({ index.shard(of: $0) != name }).min() {
        throw index.error(
          key,
          (index.shard(of: key).map { "is said to be in \($0), but \(name)" } ?? "is not stated, but \(name)")
            + " has such a tensor; download both again")
      }
      for key in keys { places[key] = shards.count }
      shards.append(shard)
    }
    self.shards = shards
    self.places = places
  }

  var keys: [String] { Array(places.keys) }
  var mappedBytes: Int { shards.reduce(0) { $0 + $1.mappedBytes } }
  func shape(of key: String) -> Shape? { places[key].flatMap { shards[$0].shape(of: key) } }
  func type(of key: String) -> String? { places[key].flatMap { shards[$0].type(of: key) } }

  func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    guard let place = places[key] else { throw .missingTensor(path: path, key: key, expected: shape) }
    return try shards[place].stored(key, shape)
  }
}

/// The index of ``ShardedTensors``.
struct ShardIndex {
  private let folder: URL
  let name: String
  private let map: [String: String]

  private static let field = "weight_map"

  /// - Throws: ``CheckpointError`` naming the field at fault.
  init(_ name: String, in folder: ModelDirectory) throws(CheckpointError) {
    self.folder = folder.url
    self.name = name
    let fields = try folder.fields(of: name)
    guard let entries = try fields.object(Self.field), !entries.names.isEmpty else {
      throw fields.error(Self.field, "is missing or empty; it says which tensor lies in which file")
    }
    var map: [String: String] = [:]
    for key in entries.names {
      guard let shard = try entries.text(key) else { throw entries.error(key, "is null, expected a file") }
      // Shards lie beside their index, never elsewhere.
      guard shard.hasSuffix(".safetensors"), !shard.contains("/"), !shard.hasPrefix(".") else {
        throw MistakenFile.isPickle(shard)
          ? MistakenFile.pickle.error(path: folder.path(of: shard))
          : entries.error(key, "is \"\(shard)\", expected a safetensors file of the same folder")
      }
      map[key] = shard
    }
    self.map = map
  }

  var path: String { folder.appendingPathComponent(name).path }
  /// The files, by name.
  var shards: [String] { Set(map.values).sorted() }

  func url(of shard: String) -> URL { folder.appendingPathComponent(shard) }
  func shard(of key: String) -> String? { map[key] }
  func keys(in shard: String) -> [String] { map.filter { $0.value == shard }.keys.sorted() }

  func error(_ key: String, _ reason: String) -> CheckpointError {
    .badConfiguration(path: path, field: "\(Self.field).\(key)", reason: reason)
  }
}
