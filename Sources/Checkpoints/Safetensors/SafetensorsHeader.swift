import Foundation
import Tensors

/// The header of a safetensors file, checked against the file as the reference's reader does: every byte after it
/// belongs to exactly one tensor.
struct SafetensorsHeader {
  let entries: [String: SafetensorsFile.Entry]
  let metadata: [String: String]

  init(_ file: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    do throws(CheckpointError) {
      let json = try Self.json(file, path: path)
      let start = 8 + json.count
      let fields = try Self.fields(json, path: path)
      var entries: [String: SafetensorsFile.Entry] = [:]
      for (name, tensor) in fields.tensors {
        entries[name] = try tensor.entry(name, start: start, path: path)
      }
      try Self.requireWhole(entries, from: start, to: file.count, path: path)
      self.entries = entries
      metadata = fields.metadata
    } catch {
      throw MistakenFile(file)?.error(path: path) ?? error
    }
  }

  private static func json(
    _ file: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> UnsafeRawBufferPointer {
    guard file.count >= 8 else {
      throw .truncated(path: path, expectedBytes: 8, foundBytes: file.count)
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length >= 2, length < 100_000_000 else {
      throw .malformedHeader(path: path, reason: "it states a header of \(length) bytes")
    }
    let end = 8 + Int(length)
    guard end <= file.count else {
      throw .truncated(path: path, expectedBytes: end, foundBytes: file.count)
    }
    return UnsafeRawBufferPointer(rebasing: file[8..<end])
  }

  private static func fields(
    _ json: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> HeaderFields {
    func malformed(_ reason: String) -> CheckpointError { .malformedHeader(path: path, reason: reason) }
    // The decoder would take zeros for another encoding than UTF-8.
    guard !json.contains(0) else { throw malformed("the header is not JSON") }
    let fields: HeaderFields
    do {
      fields = try JSONDecoder().decode(HeaderFields.self, from: Data(json))
    } catch DecodingError.typeMismatch(_, let context) where context.codingPath.isEmpty {
      throw malformed("the header is not a JSON object")
    } catch let error as DecodingError {
      guard let name = error.place.first else { throw malformed("the header is not JSON") }
      throw name == HeaderFields.metadataKey
        ? malformed("\(name) holds something else than texts")
        : malformed("tensor '\(name)' lacks dtype, shape or data_offsets")
    } catch {
      throw malformed("the header is not JSON")
    }
    guard memberCount(of: json) == fields.memberCount else {
      throw malformed("a name in its header is there twice")
    }
    return fields
  }

  private static func requireWhole(
    _ entries: [String: SafetensorsFile.Entry], from start: Int, to count: Int, path: String
  ) throws(CheckpointError) {
    let sorted = entries.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    var end = start
    for (name, entry) in sorted {
      guard entry.bytes.lowerBound >= end else {
        throw .malformedHeader(path: path, reason: "tensor '\(name)' overlaps another")
      }
      guard entry.bytes.lowerBound == end else {
        throw .malformedHeader(
          path: path, reason: "\(entry.bytes.lowerBound - end) bytes before tensor '\(name)' belong to none")
      }
      end = entry.bytes.upperBound
    }
    guard end <= count else { throw .truncated(path: path, expectedBytes: end, foundBytes: count) }
    guard end == count else {
      throw .malformedHeader(path: path, reason: "\(count - end) bytes after the last tensor belong to none")
    }
  }

  /// Members of the outermost object and of the objects in it, as often as they are written.
  /// - Parameter json: well-formed
  private static func memberCount(of json: UnsafeRawBufferPointer) -> Int {
    var (count, depth, isString, isEscaped) = (0, 0, false, false)
    for byte in json {
      if isString {
        if byte == UInt8(ascii: "\""), !isEscaped { isString = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth <= 2: count += 1
      default: break
      }
    }
    return count
  }
}

/// The header's JSON object.
private struct HeaderFields: Decodable {
  static let metadataKey = "__metadata__"

  private(set) var tensors: [String: HeaderTensor] = [:]
  private(set) var metadata: [String: String] = [:]
  /// As ``SafetensorsHeader`` counts them, had none a second value.
  private(set) var memberCount = 0

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: AnyKey.self)
    for key in fields.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try fields.decode([String: String].self, forKey: key)
        memberCount += 1 + metadata.count
      } else {
        tensors[key.stringValue] = try fields.decode(HeaderTensor.self, forKey: key)
        memberCount += 1 + (try fields.nestedContainer(keyedBy: AnyKey.self, forKey: key).allKeys.count)
      }
    }
  }
}

/// What the header says of one tensor.
private struct HeaderTensor: Decodable {
  let type: String
  let dimensions: [Int]
  let offsets: [Int]

  private static let bytesPerElement = [
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1,
  ]

  enum CodingKeys: String, CodingKey {
    case type = "dtype"
    case dimensions = "shape"
    case offsets = "data_offsets"
  }

  /// - Parameter start: of the data in the file
  func entry(_ name: String, start: Int, path: String) throws(CheckpointError) -> SafetensorsFile.Entry {
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
      dimensions.allSatisfy({ $0 >= 0 })
    else {
      throw .malformedHeader(path: path, reason: "tensor '\(name)' lacks dtype, shape or data_offsets")
    }
    guard let size = Self.bytesPerElement[type] else {
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
    return SafetensorsFile.Entry(
      type: type, shape: Shape(dimensions), bytes: (start + offsets[0])..<(start + offsets[1]))
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
