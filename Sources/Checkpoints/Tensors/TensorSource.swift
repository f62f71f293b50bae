public import Tensors

/// Named tensors: those of a file, or what stands for one. ``Weights`` is the cursor that models read them with.
///
/// A source that changes another's names, shapes or numbers on the way is a source too.
public protocol TensorSource: Sendable {
  /// The file, for messages.
  var path: String { get }
  /// The names of what is known to be there before it is asked for.
  var keys: [String] { get }
  /// What memory-mapped files may take, in bytes.
  var mappedBytes: Int { get }

  /// The shape of the tensor `key`; nil unless it is one of ``keys``.
  func shape(of key: String) -> Shape?

  /// The element type that the tensor `key` is stored in, as safetensors calls it; nil where nobody knows.
  func type(of key: String) -> String?

  /// What the file says beside its tensors.
  var metadata: [String: String] { get }

  /// What the file calls the tensor `key`, for messages.
  func name(of key: String) -> String

  /// The tensor `key`, half-precision numbers as they are stored.
  /// - Throws: ``CheckpointError`` when it is missing, has another shape, or is of a type that is not supported.
  func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor
}

extension TensorSource {
  public func name(of key: String) -> String { key }
  public func type(of key: String) -> String? { nil }
  public var metadata: [String: String] { [:] }

  /// The first tensor by name of those that hold NaN or infinite numbers.
  package var firstNotFinite: String? {
    keys.sorted().first { key in
      // Whole numbers, as of positions, are no weights.
      guard let shape = shape(of: key), let tensor = try? stored(key, shape) else { return false }
      return !tensor.isFinite
    }
  }

  /// The number of weights in all tensors.
  package var weightCount: Int { keys.reduce(0) { $0 + (shape(of: $1)?.count ?? 0) } }
}
