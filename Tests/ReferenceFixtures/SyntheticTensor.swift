public import Tensors

/// The plan of a synthetic tensor: random numbers that follow from its name alone, so that
/// the reference (`Tests/Reference/synthetic.py`) and the tests both compute them.
public struct SyntheticTensor: Codable, Sendable {
  public let shape: [Int]
  public let scale: Float
  public let offset: Float

  public init(shape: [Int], scale: Float = 1, offset: Float = 0) {
    self.shape = shape
    self.scale = scale
    self.offset = offset
  }

  /// Element i is `u · scale + offset` with `u = (splitmix64(fnv1a64(name) + i) >> 40) · 2⁻²³ − 1`.
  public func tensor(named name: String) -> Tensor {
    let base = Self.fnv1a64(name)
    return Tensor(uninitialized: Shape(shape)) { values in
      for i in values.indices {
        let unit = Float(Self.splitmix64(base &+ UInt64(i)) >> 40) * 0x1p-23 - 1
        let scaled = unit * scale
        values[i] = scaled + offset
      }
    }
  }

  private static func fnv1a64(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static func splitmix64(_ input: UInt64) -> UInt64 {
    var x = input &+ 0x9E37_79B9_7F4A_7C15
    x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
    return x ^ x >> 31
  }
}
