import Digests
import Foundation

/// SHA-256 of a value's JSON with sorted keys.
public func contentHash(of value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return SHA256.hex(of: [UInt8](try encoder.encode(value)))
  } catch {
    preconditionFailure("\(type(of: value)) cannot be encoded: \(error)")
  }
}
