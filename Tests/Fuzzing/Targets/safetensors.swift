@testable import Checkpoints

/// The header of a safetensors file. What is accepted has every byte in exactly one tensor.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let file = UnsafeRawBufferPointer(start: start, count: count)
  guard let header = try? SafetensorsHeader(file, path: "fuzz") else { return 0 }
  let sizes = header.entries.values.map(\.bytes.count).reduce(0, +)
  let first = header.entries.values.map(\.bytes.lowerBound).min() ?? count
  precondition(first + sizes == count, "\(first) + \(sizes) bytes of \(count)")
  return 0
}
