import Foundation
import Testing

@testable import Tensors

/// Against numpy and torchsde. Fixtures: `Tests/Reference/brownian_tree.py`.
@Suite struct BrownianTreeTests {
  struct Document: Decodable {
    let sequences: [Sequence]
    let roundings: [[Double]]
    let trees: [Tree]
  }

  struct Sequence: Decodable {
    let entropy: UInt64
    let spawnKey: [UInt64]
    let poolSize: Int
    let words: [UInt32]
  }

  struct Tree: Decodable {
    let seed: UInt64
    let start: Double
    let end: Double
    let count: Int
    /// Another order of the increments.
    let order: [Int]
    let increments: [Increment]

    var made: BrownianTree { BrownianTree(from: start, through: end, count: count, entropy: seed) }
  }

  struct Increment: Decodable {
    let start: Double
    let end: Double
    let values: [Float]
  }

  private static func document() throws -> Document {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Noise/brownian_tree.json")
    return try JSONDecoder().decode(Document.self, from: Data(contentsOf: file))
  }

  @Test func `words are those of numpy's SeedSequence`() throws {
    let sequences = try Self.document().sequences
    #expect(sequences.contains { $0.spawnKey.isEmpty } && sequences.contains { !$0.spawnKey.isEmpty })
    #expect(sequences.contains { $0.words.count > $0.poolSize })
    for known in sequences {
      let own = SeedSequence(entropy: known.entropy, spawnKey: known.spawnKey, poolSize: known.poolSize)
      #expect(own.state(known.words.count) == known.words, "\(known.entropy), \(known.spawnKey)")
      #expect(own.state(1) == [known.words[0]])
    }
  }

  @Test func `times are rounded as Python rounds them`() throws {
    let roundings = try Self.document().roundings
    #expect(roundings.count > 80)
    for pair in roundings { #expect(BrownianTree.rounded(pair[0]) == pair[1], "\(pair[0])") }
    #expect(BrownianTree.rounded(.infinity) == .infinity && BrownianTree.rounded(.nan).isNaN)
  }

  /// A normal variate is off by at most 1e-6 here, and an increment is a sum of many with falling weights, of a standard
  /// deviation that is the root of its length.
  private func expectSame(_ values: [Float], _ known: Increment, of tree: Tree) {
    let length = max(min(known.end, tree.end) - max(known.start, tree.start), 0)
    let worst = zip(values, known.values).map { abs(Double($0) - Double($1)) }.max() ?? .infinity
    #expect(values.count == tree.count && known.values.count == tree.count)
    #expect(
      worst <= 3e-6 * length.squareRoot(),
      "seed \(tree.seed), \(known.start) to \(known.end): off by \(worst)")
  }

  @Test func `increments are those of torchsde, in whatever order they are asked for`() throws {
    for known in try Self.document().trees {
      var (one, other) = (known.made, known.made)
      let values = known.increments.map { one.increment(from: $0.start, to: $0.end) }
      for (own, increment) in zip(values, known.increments) { expectSame(own, increment, of: known) }
      #expect(known.order != known.order.sorted() && known.order.count == values.count)
      for place in known.order {
        let increment = known.increments[place]
        #expect(other.increment(from: increment.start, to: increment.end) == values[place])
      }
    }
  }

  @Test func `an increment is the sum of those of its parts, but for rounding`() {
    var tree = BrownianTree(from: 0.25, through: 9, count: 20, entropy: 3)
    let whole = tree.increment(from: 1.234567, to: 7.654321)
    let parts = [(1.234567, 2.5), (2.5, 2.500001), (2.500001, 7.654321)].map {
      tree.increment(from: $0, to: $1)
    }
    for i in whole.indices {
      #expect(abs(parts.reduce(0) { $0 + Double($1[i]) } - Double(whole[i])) <= 1e-5)
    }
    #expect(whole.contains { $0 != 0 } && Set(whole).count == 20)
  }

  @Test func `seeds make other paths, and times that are none move nothing`() {
    func increment(_ seed: UInt64, _ start: Double, _ end: Double) -> [Float] {
      var tree = BrownianTree(from: 0.03, through: 14, count: 4, entropy: seed)
      return tree.increment(from: start, to: end)
    }
    #expect(increment(1, 2, 3) == increment(1, 2, 3) && increment(1, 2, 3) != increment(2, 2, 3))
    // torch's generator knows 32 bits of a seed, this one all of them.
    #expect(increment(1, 2, 3) != increment(1 << 32 + 1, 2, 3))
    for (start, end) in [(3.0, 2.0), (2, 2), (2, 2.0000001), (20, 30), (.nan, 2), (2, .nan)] {
      #expect(increment(1, start, end) == [0, 0, 0, 0], "\(start), \(end)")
    }
  }

  @Test func `lengths that are no numbers are asked without an end`() {
    for (start, end) in [(0.0, Double.infinity), (1e300, 1e308), (.nan, .nan), (0, 0), (0, 1e-6)] {
      var tree = BrownianTree(from: start, through: end, count: 2, entropy: 0)
      #expect(tree.increment(from: 1, to: 2).count == 2)
    }
  }

  @Test func `a generator knows its seed`() {
    var generator = TorchGenerator(seed: 1 << 40 + 5)
    _ = generator.randn(30)
    #expect(generator.initialSeed == 1 << 40 + 5)
  }
}
