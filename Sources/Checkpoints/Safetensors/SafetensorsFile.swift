import Digests
public import Foundation
public import Tensors

/// A memory-mapped safetensors file: 8-byte little-endian header length, a JSON
/// header of names, types, shapes and byte ranges, then the data.
///
/// Everything the header says is checked against the file before any tensor is
/// handed out. Format: https://github.com/huggingface/safetensors.
public final class SafetensorsFile: TensorSource {
  /// Where one tensor lies in the file.
  public struct Entry: Sendable {
    /// The element type as safetensors calls it, such as `F16`.
    public let type: String
    /// As the header gives it, outermost extent first.
    public let shape: Shape
    let bytes: Range<Int>
  }

  public let path: String
  /// All tensors that the file has, by name.
  public let entries: [String: Entry]
  /// The header's `__metadata__`.
  public let metadata: [String: String]
  private let mapping: FileMapping

  /// - Throws: ``CheckpointError`` when the file is missing, malformed or truncated.
  public init(_ url: URL) throws(CheckpointError) {
    path = url.path
    mapping = try FileMapping(path: url.path)
    let header = try SafetensorsHeader(mapping.bytes, path: url.path)
    entries = header.entries
    metadata = header.metadata
  }

  /// SHA-256 of the whole file in hexadecimal digits, which `sha256sum` prints, too.
  package var digest: String {
    var hash = SHA256()
    hash.update(mapping.bytes)
    return hash.hexDigest()
  }

  public var keys: [String] { Array(entries.keys) }
  public var mappedBytes: Int { mapping.bytes.count }
  public func shape(of key: String) -> Shape? { entries[key]?.shape }
  public func type(of key: String) -> String? { entries[key]?.type }

  public func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    let entry = try entry(key, expected: shape)
    guard entry.shape == shape else {
      throw .wrongShape(path: path, key: key, expected: shape, found: entry.shape)
    }
    return try read(entry, key)
  }

  /// The named tensor widened to fp32, in the shape the header gives; F32 data is
  /// used where it lies, without a copy.
  /// - Throws: ``CheckpointError`` when there is no such tensor or its type is not
  ///   a floating-point type.
  public func tensor(_ key: String) throws(CheckpointError) -> Tensor {
    try read(entry(key), key).widened()
  }

  /// The elements of an I64 or I32 tensor, in row-major order.
  /// - Throws: ``CheckpointError`` when there is no such tensor or its type is another.
  public func integers(_ key: String) throws(CheckpointError) -> [Int] {
    let entry = try entry(key)
    let data = data(of: entry)
    switch entry.type {
    case "I64":
      return (0..<entry.shape.count).map { Int(data.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    case "I32":
      return (0..<entry.shape.count).map { Int(data.loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)) }
    default:
      throw .unsupportedType(path: path, key: key, type: entry.type)
    }
  }

  /// The raw bytes of a tensor, little-endian and in row-major order, for other element types.
  /// - Throws: ``CheckpointError/missingTensor(path:key:expected:)`` when there is no such tensor.
  public func bytes(_ key: String) throws(CheckpointError) -> [UInt8] { Array(data(of: try entry(key))) }

  private func entry(_ key: String, expected shape: Shape = []) throws(CheckpointError) -> Entry {
    guard let entry = entries[key] else { throw .missingTensor(path: path, key: key, expected: shape) }
    return entry
  }

  private func data(of entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.bytes])
  }

  private func read(_ entry: Entry, _ key: String) throws(CheckpointError) -> StoredTensor {
    let (data, shape) = (data(of: entry), entry.shape)
    guard let base = data.baseAddress, shape.count > 0 else { return StoredTensor(Tensor(zeros: shape)) }
    let aligned = UInt(bitPattern: base) % UInt(MemoryLayout<Float>.alignment) == 0
    switch entry.type {
    case "F16":
      return StoredTensor(borrowing: data, as: .float16, shape: shape, owner: mapping)
    case "BF16":
      return StoredTensor(borrowing: data, as: .bfloat16, shape: shape, owner: mapping)
    case "F32" where aligned:
      return StoredTensor(
        Tensor(borrowing: data.bindMemory(to: Float.self), shape: shape, owner: mapping))
    case "F32":
      return StoredTensor(
        Tensor(uninitialized: shape) { UnsafeMutableRawBufferPointer($0).copyMemory(from: data) })
    default:
      throw .unsupportedType(path: path, key: key, type: entry.type)
    }
  }
}
