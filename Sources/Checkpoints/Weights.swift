public import Foundation
import Synchronization
public import Tensors

/// How the weights of a model's large layers are kept in memory. Results are the same bits.
public enum WeightsResidency: String, Sendable, CaseIterable, Codable {
  /// As the checkpoint has them, mapped from its file and widened where they are used.
  case stored
  /// Widened to fp32 when loaded: twice the memory of half-precision weights.
  case fp32
}

/// A cursor into a checkpoint: follows its own key names and hands out tensors by
/// name *and* shape, so that a wrong file fails where the layer is built.
///
///     let norm = try GroupNorm(weights.down_blocks[0].resnets[1].norm1, …)
///
/// Every lookup is remembered; ``requireAllUsed(ignoring:)`` then finds the tensors
/// that the configuration had no place for.
@dynamicMemberLookup
public struct Weights: Sendable {
  private let source: WeightSource
  /// Where the cursor stands, as in `down_blocks.0.resnets.1`.
  public let path: String

  /// The root of a safetensors file.
  /// - Parameter resident: what ``stored(_:_:)`` gives
  public init(_ url: URL, resident: WeightsResidency = .stored) throws(CheckpointError) {
    self.init(source: WeightSource(.file(try SafetensorsFile(url)), resident: resident), path: "")
  }

  /// The root of a checkpoint that has whatever is asked of it, in random numbers: what takes the time and the
  /// memory of a real one, see ``RandomTensors``.
  ///
  /// Names whose presence decides between forms of a model (``has(_:)``) are absent.
  /// - Parameter file: stands for the file's path in messages
  public init(_ random: RandomTensors, file: String) {
    self.init(source: WeightSource(.random(random, name: file), resident: .stored), path: "")
  }

  private init(source: WeightSource, path: String) {
    self.source = source
    self.path = path
  }

  /// The file the cursor reads, for error messages.
  public var file: String { source.path }

  public subscript(dynamicMember component: String) -> Weights { self[component] }
  public subscript(index: Int) -> Weights { self[String(index)] }
  public subscript(component: String) -> Weights {
    Weights(source: source, path: key(component))
  }

  private func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Whether the tensor `name` exists below the cursor.
  public func has(_ name: String) -> Bool { source.entries[key(name)] != nil }

  /// The shape of the tensor `name` below the cursor, if it exists.
  public func shape(_ name: String) -> Shape? { source.entries[key(name)]?.shape }

  /// The tensor `name` below the cursor, widened to fp32.
  /// - Throws: ``CheckpointError`` when it is missing, has another shape, or is
  ///   of a type that is not supported.
  public func tensor(_ name: String, _ shape: Shape) throws(CheckpointError) -> Tensor {
    try find(name, shape, make: { $0 }) { file, key throws(CheckpointError) in try file.tensor(key) }
  }

  private func find<T>(
    _ name: String, _ shape: Shape, make: (Tensor) -> T,
    _ read: (SafetensorsFile, String) throws(CheckpointError) -> T
  ) throws(CheckpointError) -> T {
    let key = key(name)
    let found: T
    switch source.origin {
    case .random(let random, _): found = make(random.tensor(key, shape))
    case .file(let file):
      guard let entry = file.entries[key] else {
        throw .missingTensor(path: file.path, key: key, expected: shape)
      }
      guard entry.shape == shape else {
        throw .wrongShape(path: file.path, key: key, expected: shape, found: entry.shape)
      }
      found = try read(file, key)
    }
    source.used.withLock { _ = $0.insert(key) }
    return found
  }

  /// The tensor `name` below the cursor as ``WeightsResidency`` says: as it is stored, or
  /// widened to fp32.
  /// - Throws: ``CheckpointError`` as ``tensor(_:_:)`` does.
  public func stored(_ name: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    let tensor = try find(name, shape, make: { StoredTensor($0) }) { file, key throws(CheckpointError) in
      try file.stored(key)
    }
    return source.resident == .stored ? tensor : StoredTensor(tensor.widened())
  }

  /// Fails when tensors were never asked for; `ignoring` names key prefixes that
  /// are known and deliberately not used.
  public func requireAllUsed(ignoring prefixes: [String] = []) throws(CheckpointError) {
    let used = source.used.withLock(\.self)
    let unused = source.entries.keys.filter { key in
      !used.contains(key) && !prefixes.contains { key.hasPrefix($0) }
    }
    guard unused.isEmpty else { throw .unusedTensors(path: file, keys: unused.sorted()) }
  }
}

private final class WeightSource: Sendable {
  enum Origin: Sendable {
    case file(SafetensorsFile)
    case random(RandomTensors, name: String)
  }

  let origin: Origin
  let resident: WeightsResidency
  let used = Mutex<Set<String>>([])

  init(_ origin: Origin, resident: WeightsResidency) {
    self.origin = origin
    self.resident = resident
  }

  var path: String {
    switch origin {
    case .file(let file): file.path
    case .random(_, let name): name
    }
  }

  /// What is known to be there before it is asked for.
  var entries: [String: SafetensorsFile.Entry] {
    switch origin {
    case .file(let file): file.entries
    case .random: [:]
    }
  }
}
