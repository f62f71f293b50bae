/// A part of a model whose numbers are useless: everything after it would be.
public struct NotFiniteError: Error, Equatable, CustomStringConvertible {
  /// As in "VAE decoder".
  public let part: String

  package init(part: String) { self.part = part }

  public var description: String {
    "the \(part) gave values that are not finite numbers; its weights or its configuration are damaged"
  }
}

extension Tensor {
  /// Whether no element is NaN or infinite.
  public var isFinite: Bool {
    withUnsafeBuffer { values in
      Finiteness.holds(UnsafeRawBufferPointer(values), as: UInt32.self, exponent: 0x7F80_0000)
    }
  }

  /// The tensor itself.
  /// - Parameter part: of the model, that gave it
  package func requireFinite(from part: String) throws(NotFiniteError) -> Tensor {
    guard isFinite else { throw NotFiniteError(part: part) }
    return self
  }
}

/// Of floating-point formats: the numbers that are not finite are those with all bits of the exponent set.
enum Finiteness {
  /// - Parameter exponent: its bits, in numbers of the width of `Bits`
  static func holds<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, as type: Bits.Type, exponent: Bits
  ) -> Bool {
    let (count, width, piece) = (bytes.count / MemoryLayout<Bits>.size, MemoryLayout<Bits>.size, 1 << 16)
    for start in stride(from: 0, to: count, by: piece) {
      // Without a way out of it, the loop is done in vectors.
      var found: Bits = 0
      for index in start..<min(start + piece, count) {
        let bits = bytes.loadUnaligned(fromByteOffset: index * width, as: Bits.self)
        found |= bits & exponent == exponent ? 1 : 0
      }
      guard found == 0 else { return false }
    }
    return true
  }
}
