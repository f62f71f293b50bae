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
    public let type: String
    public let shape: Shape
    let bytes: Range<Int>
  }

  public let path: String
  public let entries: [String: Entry]
  /// The header's `__metadata__`.
  public let metadata: [String: String]
  private let mapping: FileMapping

  private static let bytesPerElement = [
    "F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
  ]

  /// - Throws: ``CheckpointError`` when the file is missing, malformed or truncated.
  public init(_ url: URL) throws(CheckpointError) {
    path = url.path
    mapping = try FileMapping(path: url.path)
    let (entries, metadata) = try Self.parse(mapping.bytes, path: url.path)
    self.entries = entries
    self.metadata = metadata
  }

  private static func parse(
    _ file: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> ([String: Entry], [String: String]) {
    guard file.count >= 8 else {
      throw .truncated(path: path, expectedBytes: 8, foundBytes: file.count)
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length >= 2, length < 100_000_000 else {
      throw .malformedHeader(path: path, reason: "it states a header of \(length) bytes")
    }
    let start = 8 + Int(length)
    guard start <= file.count else {
      throw .truncated(path: path, expectedBytes: start, foundBytes: file.count)
    }
    let json: [String: Any]
    do {
      let data = Data(UnsafeRawBufferPointer(rebasing: file[8..<start]))
      guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
        throw CheckpointError.malformedHeader(path: path, reason: "the header is not a JSON object")
      }
      json = object
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw .malformedHeader(path: path, reason: "the header is not JSON")
    }
    var entries: [String: Entry] = [:]
    for (name, value) in json where name != "__metadata__" {
      entries[name] = try entry(name, value, start: start, path: path)
    }
    let end = entries.values.map(\.bytes.upperBound).max() ?? start
    guard end <= file.count else {
      throw .truncated(path: path, expectedBytes: end, foundBytes: file.count)
    }
    return (entries, json["__metadata__"] as? [String: String] ?? [:])
  }

  private static func entry(
    _ name: String, _ value: Any, start: Int, path: String
  ) throws(CheckpointError) -> Entry {
    guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
      let dimensions = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
      offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], dimensions.allSatisfy({ $0 >= 0 })
    else {
      throw .malformedHeader(path: path, reason: "tensor '\(name)' lacks dtype, shape or data_offsets")
    }
    guard let size = bytesPerElement[type] else {
      throw .unsupportedType(path: path, key: name, type: type)
    }
    var expected = size
    for dimension in dimensions {
      let (product, overflow) = expected.multipliedReportingOverflow(by: dimension)
      guard !overflow else {
        throw .malformedHeader(path: path, reason: "tensor '\(name)' has the impossible shape \(dimensions)")
      }
      expected = product
    }
    guard offsets[1] - offsets[0] == expected else {
      throw .malformedHeader(
        path: path,
        reason: "tensor '\(name)' \(dimensions) of \(type) needs \(expected) bytes, "
          + "its data_offsets span \(offsets[1] - offsets[0])")
    }
    guard offsets[1] <= Int.max - start else {
      throw .malformedHeader(
        path: path, reason: "tensor '\(name)' ends at the impossible offset \(offsets[1])")
    }
    return Entry(type: type, shape: Shape(dimensions), bytes: (start + offsets[0])..<(start + offsets[1]))
  }

  public var keys: [String] { Array(entries.keys) }
  public var mappedBytes: Int { mapping.bytes.count }
  public func shape(of key: String) -> Shape? { entries[key]?.shape }

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

  /// The elements of an I64 or I32 tensor.
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

  /// The raw bytes of a tensor, for other element types.
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
