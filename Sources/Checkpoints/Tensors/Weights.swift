import Synchronization
public import Tensors

/// How the weights of a model's large layers are kept in memory. Results are the same bits.
public enum WeightsResidency: String, Sendable, CaseIterable, Codable {
  /// As the checkpoint has them, mapped from its file and widened where they are used; in bf16, rounded and laid out by
  /// their first product and kept so.
  case stored
  /// Widened to fp32 when loaded: twice the memory of half-precision weights.
  case fp32
}

/// A cursor into a checkpoint: follows its own key names, as in `weights.down_blocks[0].resnets[1].norm1`, and hands
/// out tensors by name *and* shape, so that a wrong file fails where the layer is built.
///
/// Every lookup is remembered; ``requireAllUsed(ignoring:)`` then finds the tensors
/// that the configuration had no place for.
@dynamicMemberLookup
public struct Weights: Sendable {
  private let root: Root
  /// Where the cursor stands, as in `down_blocks.0.resnets.1`.
  public let path: String

  /// One component's view of a source, which others may read too.
  private final class Root: Sendable {
    let source: any TensorSource
    let resident: WeightsResidency
    let used = Mutex<Set<String>>([])

    init(_ source: any TensorSource, resident: WeightsResidency) {
      self.source = source
      self.resident = resident
    }
  }

  /// The root of a source's names, none of them used so far.
  /// - Parameters:
  ///   - source: the tensors
  ///   - resident: what ``stored(_:_:)`` gives
  public init(_ source: any TensorSource, resident: WeightsResidency = .stored) {
    self.init(root: Root(source, resident: resident), path: "")
  }

  private init(root: Root, path: String) {
    self.root = root
    self.path = path
  }

  /// The file the cursor reads, for error messages.
  public var file: String { root.source.path }

  /// The cursor one component further, as in `weights.conv_in`.
  public subscript(dynamicMember component: String) -> Weights { self[component] }
  /// The cursor at one of several numbered components, from 0.
  public subscript(index: Int) -> Weights { self[String(index)] }
  /// The cursor one component further, for names that are no Swift identifier or known at run time only.
  public subscript(component: String) -> Weights { Weights(root: root, path: key(component)) }

  private func key(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Whether the tensor `name` exists below the cursor.
  public func has(_ name: String) -> Bool { shape(name) != nil }

  /// The shape of the tensor `name` below the cursor, if it exists.
  public func shape(_ name: String) -> Shape? { root.source.shape(of: key(name)) }

  /// The tensor `name` below the cursor, widened to fp32.
  /// - Throws: ``CheckpointError`` when it is missing, has another shape, or is
  ///   of a type that is not supported.
  public func tensor(_ name: String, _ shape: Shape) throws(CheckpointError) -> Tensor {
    try find(name, shape).widened()
  }

  /// The tensor `name` below the cursor as ``WeightsResidency`` says: as it is stored, or
  /// widened to fp32.
  /// - Throws: ``CheckpointError`` as ``tensor(_:_:)`` does.
  public func stored(_ name: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    let tensor = try find(name, shape)
    return root.resident == .stored ? tensor : StoredTensor(tensor.widened())
  }

  private func find(_ name: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    let key = key(name)
    let found = try root.source.stored(key, shape)
    root.used.withLock { _ = $0.insert(key) }
    return found
  }

  /// Fails when tensors were never asked for.
  /// - Parameter prefixes: of keys that are known and deliberately not used
  /// - Throws: ``CheckpointError/unusedTensors(path:keys:)`` naming them.
  public func requireAllUsed(ignoring prefixes: [String] = []) throws(CheckpointError) {
    let used = root.used.withLock(\.self)
    let unused = root.source.keys.filter { key in
      !used.contains(key) && !prefixes.contains { key.hasPrefix($0) }
    }
    guard unused.isEmpty else {
      throw .unusedTensors(path: file, keys: unused.map(root.source.name).sorted())
    }
  }
}
