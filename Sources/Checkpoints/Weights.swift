public import Foundation
import Synchronization
public import Tensors

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
  public init(_ url: URL) throws(CheckpointError) {
    self.init(source: WeightSource(.file(try SafetensorsFile(url))), path: "")
  }

  /// The root of a checkpoint that has whatever is asked of it, in random numbers: what takes the time and the
  /// memory of a real one, see ``RandomTensors``.
  ///
  /// Names whose presence decides between forms of a model (``has(_:)``) are absent.
  /// - Parameter file: stands for the file's path in messages
  public init(_ random: RandomTensors, file: String) {
    self.init(source: WeightSource(.random(random, name: file)), path: "")
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
    let key = key(name)
    let tensor = try source.tensor(key, shape)
    source.used.withLock { _ = $0.insert(key) }
    return tensor
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

  private let origin: Origin
  let used = Mutex<Set<String>>([])

  init(_ origin: Origin) { self.origin = origin }

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

  func tensor(_ key: String, _ shape: Shape) throws(CheckpointError) -> Tensor {
    switch origin {
    case .random(let random, _): return random.tensor(key, shape)
    case .file(let file):
      guard let entry = file.entries[key] else {
        throw .missingTensor(path: path, key: key, expected: shape)
      }
      guard entry.shape == shape else {
        throw .wrongShape(path: path, key: key, expected: shape, found: entry.shape)
      }
      return try file.tensor(key)
    }
  }
}
