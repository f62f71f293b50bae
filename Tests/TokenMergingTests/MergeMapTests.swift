import ReferenceFixtures
import Tensors
import Testing

@testable import TokenMerging

/// Maps of where tokens went, against what merging and unmerging do with them.
@Suite struct MergeMapTests {
  private struct Made {
    let merges: BlockMerges
    let maps: [MergeMap]
  }

  private static let grid = (width: 6, height: 5)
  private static let channels = 7

  private func tensor(_ generator: inout TorchGenerator, batch: Int) -> Tensor {
    let count = Self.grid.width * Self.grid.height
    return Tensor(generator.randn(batch * count * Self.channels), shape: [batch, count, Self.channels])
  }

  private func made(
    _ options: MergingOptions, _ hidden: Tensor, evaluation index: Int = 0, of count: Int = 1,
    mapped: Bool = true
  ) -> Made {
    var session = MergingSession(options: options, seed: 3)
    session.begin(evaluation: index, of: count, mapped: mapped)
    let merges = session.blockMerges(
      for: hidden, normed: hidden, latentHeight: Self.grid.height, latentWidth: Self.grid.width, block: "a")
    return Made(merges: merges, maps: session.maps)
  }

  @Test func `what is merged and unmerged follows from the map alone`() throws {
    var generator = TorchGenerator(seed: 5)
    for variant in [MergeVariant.tomesd, .webui, .comfyui] {
      for ratio in [0.1, 0.5, 0.7] {
        let hidden = tensor(&generator, batch: 2)
        let made = made(MergingOptions(ratio: ratio, variant: variant), hidden)
        let map = try #require(made.maps.first)
        #expect(made.maps.count == 1)
        #expect([map.width, map.height] == [Self.grid.width, Self.grid.height])
        let count = Self.grid.width * Self.grid.height
        #expect(map.destinations.enumerated().count { $1 != $0 } == Int(Double(count) * ratio))
        let values = tensor(&generator, batch: 2)
        let restored = made.merges.attention.unmerge(
          made.merges.attention.merge(values), adding: Tensor(zeros: values.shape))
        // The prompt's half is the last of the batch.
        expectClose(
          restored.slice(1..<2), reconstruction(map, of: values.slice(1..<2)), relative: 1e-5,
          "\(variant) \(ratio)")
      }
    }
  }

  private func numbers(_ tensor: Tensor) -> [Float] { tensor.withUnsafeBuffer { Array($0) } }

  /// Every token as the mean of all that went where it went.
  private func reconstruction(_ map: MergeMap, of values: Tensor) -> Tensor {
    let channels = Self.channels
    let input = numbers(values)
    var sums: [Int: [Double]] = [:]
    var counts: [Int: Double] = [:]
    for (token, destination) in map.destinations.enumerated() {
      guard let destination else { continue }
      for channel in 0..<channels {
        sums[destination, default: Array(repeating: 0, count: channels)][channel] +=
          Double(input[token * channels + channel])
      }
      counts[destination, default: 0] += 1
    }
    let output = map.destinations.flatMap { destination -> [Float] in
      guard let destination, let sum = sums[destination], let count = counts[destination] else { return [] }
      return sum.map { Float($0 / count) }
    }
    return Tensor(output, shape: values.shape)
  }

  @Test func `similarities are the cosines of the pairs`() throws {
    var generator = TorchGenerator(seed: 6)
    let hidden = tensor(&generator, batch: 2)
    let map = try #require(made(MergingOptions(ratio: 0.5), hidden).maps.first)
    let values = numbers(hidden.slice(1..<2))
    func product(_ a: Int, _ b: Int) -> Double {
      (0..<Self.channels).reduce(0) {
        $0 + Double(values[a * Self.channels + $1]) * Double(values[b * Self.channels + $1])
      }
    }
    for (token, place) in map.destinations.enumerated() {
      let destination = try #require(place)
      let lengths = (product(token, token) * product(destination, destination)).squareRoot()
      let cosine = destination == token ? 1 : product(token, destination) / lengths
      #expect(abs(Double(map.similarities[token]) - cosine) < 1e-5, "token \(token)")
      // What takes others in is kept itself.
      #expect(map.destinations[destination] == destination)
    }
  }

  @Test func `tokens that are left out of keys and values went nowhere`() throws {
    var generator = TorchGenerator(seed: 7)
    let hidden = tensor(&generator, batch: 2)
    let made = made(MergingOptions(ratio: 0.75, variant: .todo), hidden)
    let map = try #require(made.maps.first)
    let kept = map.destinations.enumerated().compactMap { $1 == nil ? nil : $0 }
    let context = made.merges.selfAttentionInputs(hidden).context
    #expect(context.shape[1] == kept.count)
    let values = numbers(hidden.slice(1..<2))
    let expected = kept.flatMap { values[$0 * Self.channels..<($0 + 1) * Self.channels] }
    #expect(numbers(context.slice(1..<2)) == expected)
  }

  @Test func `nothing is kept unless it is asked for, nor where nothing is merged`() throws {
    var generator = TorchGenerator(seed: 8)
    let hidden = tensor(&generator, batch: 2)
    #expect(made(MergingOptions(ratio: 0.5), hidden, mapped: false).maps.isEmpty)
    #expect(made(MergingOptions(ratio: 0), hidden).maps.isEmpty)
    let steps = try #require(StepRange(from: 0, to: 0.5))
    #expect(made(MergingOptions(ratio: 0.5, steps: steps), hidden, evaluation: 3, of: 4).maps.isEmpty)
  }
}
