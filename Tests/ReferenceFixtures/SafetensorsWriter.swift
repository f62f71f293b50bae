public import Foundation
public import Tensors

/// Writes safetensors files of F32, F16 or BF16 tensors: what the loaders under test read.
public enum SafetensorsWriter {
  public enum ElementType: String, Sendable, CaseIterable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"

    var size: Int { self == .f32 ? 4 : 2 }
  }

  private struct Entry: Encodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private struct Header: Encodable {
    let tensors: [String: Entry]
    let metadata: [String: String]

    func encode(to encoder: any Encoder) throws {
      try tensors.encode(to: encoder)
      guard !metadata.isEmpty else { return }
      var members = encoder.container(keyedBy: Key.self)
      try members.encode(metadata, forKey: .metadata)
    }

    private enum Key: String, CodingKey {
      case metadata = "__metadata__"
    }
  }

  /// Writes `tensors` in order of their names, narrowed to `type` (to nearest, ties to even).
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], type: ElementType = .f32, to url: URL,
    metadata: [String: String] = [:]
  ) throws {
    let sorted = tensors.sorted { $0.name < $1.name }
    var entries: [String: Entry] = [:]
    var end = 0
    for (name, tensor) in sorted {
      let start = end
      end += tensor.count * type.size
      entries[name] = Entry(
        dtype: type.rawValue, shape: tensor.shape.dimensions, offsets: [start, end])
    }
    var header = try JSONEncoder().encode(Header(tensors: entries, metadata: metadata))
    // Padded so that the data is aligned, as the reference writer does.
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))

    var file = Data(capacity: 8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(header)
    for (_, tensor) in sorted {
      tensor.withUnsafeBuffer { values in
        switch type {
        case .f32: file.append(values)
        case .f16: values.map { Float16($0) }.withUnsafeBufferPointer { file.append($0) }
        case .bf16: values.map(bfloat16).withUnsafeBufferPointer { file.append($0) }
        }
      }
    }
    try file.write(to: url)
  }

  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
