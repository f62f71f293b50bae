/// Brownian motion that can be asked for its increments over any intervals in any order, and gives the same path every
/// time: the Brownian interval of Kidger et al. 2021 ("Efficient and Accurate Gradients for Neural SDEs", section 4), as
/// `torchsde.BrownianInterval` computes it with `halfway_tree=True`, `tol=1e-6` and `pool_size=24`, on a CPU.
///
/// The increment over the whole interval is drawn; that over half of an interval is then drawn from a Brownian bridge,
/// given the increment over all of it, with a seed that belongs to this place of the tree of halves. Times are multiples
/// of a millionth, halves too, and an increment is the sum of those of the fewest places that make up its interval.
///
/// Its arithmetic is the reference's, operation for operation in single precision: what differs is what differs of
/// ``TorchGenerator/randn(_:)``.
package struct BrownianTree: Sendable {
  /// A place in the tree of halves.
  private struct Node: Hashable {
    let start, end: Double
    /// How many halvings lead to it, and which halves they take: a bit each, the last one lowest, set for the later
    /// half. (Beyond 64, which no interval shorter than 10¹³ has, the first ones are lost.)
    var depth = 0
    var path: UInt64 = 0

    var middle: Double { BrownianTree.rounded(0.5 * (end + start)) }
    var earlier: Node { Node(start: start, end: middle, depth: depth + 1, path: path << 1) }
    var later: Node { Node(start: middle, end: end, depth: depth + 1, path: path << 1 | 1) }
  }

  private let entropy: UInt64
  private let root: Node
  /// Over the whole interval.
  private let whole: [Float]
  /// Over the earlier halves of the places that the last increment went through, at most two a level of the tree; asked
  /// for again where the next one begins, which is mostly where the last one ended. Nothing else is kept: a tree of
  /// Stable Diffusion's noise levels (some 24 levels) holds some 50 arrays of `count` values at most.
  private var halves: [Node: [Float]] = [:]

  /// - Parameters:
  ///   - count: of independent motions
  ///   - entropy: the seed
  package init(from start: Double, through end: Double, count: Int, entropy: UInt64) {
    self.entropy = entropy
    root = Node(start: Self.rounded(start), end: Self.rounded(end))
    let deviation = Float((end - start).squareRoot())
    let seeds = SeedSequence(entropy: entropy, poolSize: Self.poolSize)
    whole = Self.normals(count, seeds).map { $0 * deviation }
  }

  /// By how much each motion moves between two times; times beyond the tree's are taken to be its first or last.
  /// - Returns: `count` values, zeros unless `start` is earlier than `end` by a millionth.
  package mutating func increment(from start: Double, to end: Double) -> [Float] {
    func time(_ value: Double) -> Double { Self.rounded(min(max(value, root.start), root.end)) }
    let (start, end) = (time(start), time(end))
    guard start < end else { return Array(repeating: 0, count: whole.count) }
    var kept: [Node: [Float]] = [:]
    var sum: [Float] = []
    add(root, whole, from: start, to: end, to: &sum, &kept)
    halves = kept
    return sum
  }

  /// Adds what of a place lies between two times, the earliest first.
  /// - Parameters:
  ///   - increment: over the place
  ///   - sum: empty before the first is added
  ///   - kept: see ``halves``, of this time
  private func add(
    _ node: Node, _ increment: [Float], from start: Double, to end: Double, to sum: inout [Float],
    _ kept: inout [Node: [Float]]
  ) {
    let middle = node.middle
    // Numbers that have no other between them, or are none, cannot be halved.
    guard start > node.start || end < node.end, node.start < middle, middle < node.end else {
      if sum.isEmpty { sum = increment } else { for i in sum.indices { sum[i] += increment[i] } }
      return
    }
    let half = halves[node] ?? earlierHalf(of: node, increment)
    kept[node] = half
    if start < middle { add(node.earlier, half, from: start, to: end, to: &sum, &kept) }
    if end > middle {
      let rest = increment.indices.map { increment[$0] - half[$0] }
      add(node.later, rest, from: start, to: end, to: &sum, &kept)
    }
  }

  /// The increment over a place's earlier half, given that over all of it.
  private func earlierHalf(of node: Node, _ increment: [Float]) -> [Float] {
    let (first, second) = (node.middle - node.start, node.end - node.middle)
    let reciprocal = 1 / (node.end - node.start)
    let deviation = Float((first * second * reciprocal).squareRoot())
    let (length, inverse) = (Float(first), Float(reciprocal))
    let seeds = SeedSequence(
      entropy: entropy, spawnKey: [node.path, UInt64(node.depth)], poolSize: Self.poolSize)
    var half = Self.normals(increment.count, seeds)
    for i in half.indices { half[i] = length * increment[i] * inverse + deviation * half[i] }
    return half
  }

  private static let poolSize = 24

  private static func normals(_ count: Int, _ seeds: SeedSequence) -> [Float] {
    var generator = TorchGenerator(seed: UInt64(seeds.state(1)[0]))
    return generator.randn(count)
  }

  /// The nearest multiple of a millionth as Python's `round(time, 6)` finds it: of the exact value, ties to even.
  static func rounded(_ time: Double) -> Double {
    let product = time * 1e6
    // Numbers as large have no fractions of it.
    guard abs(product) < 0x1p52 else { return time }
    var whole = product.rounded(.toNearestOrEven)
    // A product that lies halfway may itself have been rounded to there.
    let lost = (-product).addingProduct(time, 1e6)
    if product - whole == 0.5, lost > 0 { whole += 1 }
    if product - whole == -0.5, lost < 0 { whole -= 1 }
    return whole / 1e6
  }
}
