@testable import Checkpoints

extension FuzzTarget {
  /// The header of a safetensors file. What is accepted has every byte in exactly one tensor.
  static let safetensors = FuzzTarget("safetensors") { file in
    guard let header = try? SafetensorsHeader(file, path: "fuzz") else { return }
    let sizes = header.entries.values.map(\.bytes.count).reduce(0, +)
    let first = header.entries.values.map(\.bytes.lowerBound).min() ?? file.count
    try Finding.unless(first + sizes == file.count, "\(first) + \(sizes) bytes of \(file.count)")
  }
}
