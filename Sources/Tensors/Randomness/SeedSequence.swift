/// `numpy.random.SeedSequence`: a seed is hashed into a pool of words, of which as many random words are drawn as are
/// asked for. Seeds and spawn keys that differ in any bit give words that have nothing to do with each other.
///
/// The hash is O'Neill's ("Developing a seed_seq Alternative", 2015), her `seed_seq_fe`.
struct SeedSequence: Sendable {
  private var pool: [UInt32]

  /// - Parameters:
  ///   - entropy: the seed
  ///   - spawnKey: which of the sequences that the seed has; none is the first
  ///   - poolSize: words of the pool, at least 4
  init(entropy: UInt64, spawnKey: [UInt64] = [], poolSize: Int = 4) {
    precondition(poolSize >= 4, "a pool of \(poolSize) words")
    var words = Self.words(entropy)
    if !spawnKey.isEmpty {
      // So that no seed of many words is another one with its spawn key.
      words += [UInt32](repeating: 0, count: max(poolSize - words.count, 0))
      words += spawnKey.flatMap(Self.words)
    }
    var hash = Hash(constant: 0x43b0_d7e5, factor: 0x931e_8875)
    pool = (0..<poolSize).map { hash($0 < words.count ? words[$0] : 0) }
    for source in 0..<poolSize {
      for target in 0..<poolSize where target != source {
        pool[target] = Self.mixed(pool[target], hash(pool[source]))
      }
    }
    for word in words.dropFirst(poolSize) {
      for target in 0..<poolSize { pool[target] = Self.mixed(pool[target], hash(word)) }
    }
  }

  /// `generate_state(count)`: the first words drawn, the same ones however many are.
  func state(_ count: Int) -> [UInt32] {
    var hash = Hash(constant: 0x8b51_f9dd, factor: 0x58f3_8ded)
    return (0..<count).map { hash(pool[$0 % pool.count]) }
  }

  /// Of 32 bits, the lowest first; one at least.
  private static func words(_ value: UInt64) -> [UInt32] {
    let (low, high) = (UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32))
    return high == 0 ? [low] : [low, high]
  }

  private static func mixed(_ x: UInt32, _ y: UInt32) -> UInt32 {
    let mixed = 0xca01_f9dd &* x &- 0x4973_f715 &* y
    return mixed ^ mixed >> 16
  }

  /// Another function at every call: what it multiplies by goes on.
  private struct Hash {
    var constant: UInt32
    let factor: UInt32

    mutating func callAsFunction(_ word: UInt32) -> UInt32 {
      let before = word ^ constant
      constant &*= factor
      let product = before &* constant
      return product ^ product >> 16
    }
  }
}
