#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The random numbers of `torch.Generator("cpu")`: MT19937 (Matsumoto and Nishimura,
/// 1998) and the two ways PyTorch turns its draws into normal variates.
///
/// Integers are identical to PyTorch's; normal variates agree to 1e-6, because
/// PyTorch's vectorised logarithm, sine and cosine differ that much from libm's.
package struct TorchGenerator: Sendable {
  /// What it was made with, torch's `initial_seed()`.
  package let initialSeed: UInt64
  private var state: [UInt32]
  private var position: Int
  /// The sine half of a Box-Muller pair whose cosine half was handed out last.
  private var spareNormal: Double?

  private static let stateCount = 624
  private static let middle = 397

  /// As `torch.Generator("cpu").manual_seed(seed)`: the low 32 bits decide.
  package init(seed: UInt64) {
    initialSeed = seed
    state = [UInt32](repeating: UInt32(truncatingIfNeeded: seed), count: Self.stateCount)
    for i in 1..<Self.stateCount {
      state[i] = 1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)
    }
    position = Self.stateCount
  }

  /// The next 32 random bits.
  package mutating func next() -> UInt32 {
    if position == Self.stateCount { refill() }
    var y = state[position]
    position += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    return y ^ (y >> 18)
  }

  private mutating func refill() {
    for i in 0..<Self.stateCount {
      let next = state[(i + 1) % Self.stateCount]
      let mixed = (state[i] & 0x8000_0000) | (next & 0x7fff_ffff)
      let twist: UInt32 = next & 1 == 0 ? 0 : 0x9908_b0df
      state[i] = state[(i + Self.middle) % Self.stateCount] ^ (mixed >> 1) ^ twist
    }
    position = 0
  }

  /// `torch.randint(below, (count,), generator:)`: one draw modulo `below` each, or
  /// from 2^28 on two of them joined.
  package mutating func randint(_ count: Int, below: Int) -> [Int] {
    precondition(below > 0, "randint below \(below)")
    return (0..<count).map { _ in
      Int((below < 1 << 28 ? UInt64(next()) : next64()) % UInt64(below))
    }
  }

  /// `torch.randn(count, generator:)`: standard normal variates. From 16 values on
  /// PyTorch transforms whole blocks of single-precision uniforms, below that
  /// pairs of double-precision ones.
  package mutating func randn(_ count: Int) -> [Float] {
    guard count >= Self.block else {
      return (0..<count).map { _ in Float(nextNormal()) }
    }
    var values = (0..<count).map { _ in nextUniform() }
    for start in stride(from: 0, through: count - Self.block, by: Self.block) {
      Self.transformBlock(&values, at: start)
    }
    if count % Self.block != 0 {
      let start = count - Self.block
      for i in start..<count { values[i] = nextUniform() }
      Self.transformBlock(&values, at: start)
    }
    return values
  }

  private static let block = 16
  /// The nearest Float; `Float.pi` is rounded towards zero.
  private static let twoPi = Float(2 * Double.pi)

  /// A uniform variate in [0, 1) of 24 random bits.
  private mutating func nextUniform() -> Float {
    Float(next() & 0xff_ffff) * 0x1p-24
  }

  /// Box-Muller over 16 uniforms: the first eight give the radii, the others the angles.
  private static func transformBlock(_ values: inout [Float], at start: Int) {
    for i in start..<(start + block / 2) {
      let radius = (-2 * log(1 - values[i])).squareRoot()
      let angle = twoPi * values[i + block / 2]
      values[i] = radius * cos(angle)
      values[i + block / 2] = radius * sin(angle)
    }
  }

  /// One normal variate in double precision; of each Box-Muller pair the cosine comes first.
  private mutating func nextNormal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    let angle = 2 * Double.pi * nextDouble()
    let radius = (-2 * log1p(-nextDouble())).squareRoot()
    spareNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A uniform variate in [0, 1) of 53 random bits.
  private mutating func nextDouble() -> Double {
    Double(next64() & (1 << 53 - 1)) * 0x1p-53
  }

  /// Two draws, the first one in the high bits.
  private mutating func next64() -> UInt64 {
    let high = UInt64(next())
    return high << 32 | UInt64(next())
  }
}
