import Statistics
import Tensors

/// How far a set of pictures lies from another as a whole: CMMD (Jayasumana et al. 2024, "Rethinking FID",
/// arXiv 2401.09603), beside what chance alone makes of it.
///
/// It is 1000 times the squared maximum mean discrepancy of CLIP image embeddings of length 1, with the Gaussian
/// kernel `exp(-‖a - b‖² / 2σ²)`, σ = 10. Its size depends on how many pictures there are; what it is worth, tells the
/// floor: the same number where in each pair the two pictures are swapped or not at random, which no difference
/// between the sets outlives.
public struct SetDistance: Hashable, Sendable {
  /// A picture's embedding and its counterpart's, as many numbers each.
  public struct Pair: Sendable {
    /// Pairs of one unit are swapped together.
    let unit: Int64
    let own: [Float]
    let reference: [Float]

    /// - Parameters:
    ///   - unit: what is swapped together, such as a prompt of several pictures
    ///   - own: the picture's embedding, of any length but 0
    ///   - reference: its counterpart's
    public init(unit: Int64, own: [Float], reference: [Float]) {
      self.unit = unit
      self.own = own
      self.reference = reference
    }
  }

  /// The V-statistic, which counts every picture with itself, as the paper's implementation does: never below 0.
  public let value: Double
  /// The U-statistic of the same, whose mean over many samples is the distance itself; it may be below 0.
  public let unbiased: Double
  /// What 95 % of the permutations stay at or under, see ``value``.
  public let floor: Double
  /// The share of permutations with at least this distance, itself counted (Phipson & Smyth 2010).
  public let pValue: Double
  /// How many pairs there were.
  public let pairCount: Int

  /// Whether chance explains it: no difference that this many pictures can show.
  public var isWithinFloor: Bool { pValue > 0.05 }

  /// Random permutations that the floor is of.
  public static let permutations = 1000
  /// How it is computed, in one line.
  public static let formula =
    "Jayasumana 2024: 1000 × the squared maximum mean discrepancy of CLIP image embeddings of length 1, Gaussian "
    + "kernel, σ 10, biased estimate; floor: what 95 % of \(permutations) permutations stay under that swap the "
    + "pictures of a prompt with their counterparts at random"

  /// Measures the distance, and what chance makes of it.
  /// - Parameters:
  ///   - pairs: every picture with its counterpart, embeddings all of one size
  ///   - seed: of the permutations
  /// - Returns: nil without pairs, for embeddings of several sizes, and for one of length 0.
  public init?(_ pairs: [Pair], seed: UInt64 = 0) {
    let size = pairs.first?.own.count ?? 0
    guard size > 0, pairs.allSatisfy({ $0.own.count == size && $0.reference.count == size }),
      let own = Self.unitLengths(pairs.map(\.own)), let reference = Self.unitLengths(pairs.map(\.reference))
    else { return nil }
    let signs = Self.signs(units: pairs.map(\.unit), seed: seed)
    let sums = KernelSums(own, reference, signs: signs)
    let count = Double(pairs.count)
    let scale = 1000 / (count * count)
    value = max(0, scale * (sums.within - 2 * sums.across))
    unbiased =
      pairs.count > 1 ? 1000 * sums.within / (count * (count - 1)) - 2 * scale * sums.across : 0
    // The first one swaps nothing: by the same arithmetic, equal values are ties.
    let observed = sums.permuted[0]
    let permuted = sums.permuted.dropFirst().sorted()
    floor = max(0, scale * permuted[(permuted.count * 95 + 99) / 100 - 1])
    let threshold = observed - 1e-6 * abs(observed)
    pValue = Double(1 + permuted.count { $0 >= threshold }) / Double(1 + permuted.count)
    pairCount = pairs.count
  }

  /// `[count, size]`; nil if one has no direction.
  private static func unitLengths(_ embeddings: [[Float]]) -> Tensor? {
    var values: [Float] = []
    values.reserveCapacity(embeddings.count * embeddings[0].count)
    for embedding in embeddings {
      let norm = embedding.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard norm > 0, norm.isFinite else { return nil }
      values += embedding.map { Float(Double($0) / norm) }
    }
    return Tensor(values, shape: [embeddings.count, embeddings[0].count])
  }

  /// `[1 + permutations, pairs]`: -1 for a pair that is swapped; the first row swaps none.
  private static func signs(units: [Int64], seed: UInt64) -> Tensor {
    var numbers: [Int64: Int] = [:]
    for unit in units where numbers[unit] == nil { numbers[unit] = numbers.count }
    let indices = units.map { numbers[$0] ?? 0 }
    var random = SplitMix64(seed: seed)
    var values = [Float](repeating: 1, count: units.count)
    for _ in 0..<permutations {
      var swaps: [Float] = []
      while swaps.count < numbers.count {
        let word = random.next()
        swaps += (0..<64).map { word >> $0 & 1 == 0 ? 1 : -1 }
      }
      values += indices.map { swaps[$0] }
    }
    return Tensor(values, shape: [1 + permutations, units.count])
  }
}
