import SamplerNames
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Looking into a denoising sequence.
@Suite struct TapTests {
  private static let steps = 4

  private func run(_ kind: SchedulerKind, taps: DenoisingTaps) throws -> [DenoisingSequence.Step] {
    let pipeline = try PipelineRequestTests.pipeline.get()
    let options = SamplingOptions(steps: Self.steps, guidanceScale: 5, scheduler: kind)
    let conditioning = try pipeline.conditioning(for: "a red circle", guidanceScale: 5)
    var sequence = try pipeline.denoise(
      conditioning, seed: 2, options: options, merging: MergingOptions(ratio: 0.5))
    sequence.taps = taps
    return Array(sequence)
  }

  @Test func `looking changes no bit, and shows what was asked for`() throws {
    let plain = try run(.ddim, taps: DenoisingTaps())
    let tapped = try run(.ddim, taps: DenoisingTaps(maps: [0, 3], originals: [1, 3]))
    #expect(plain.count == Self.steps)
    #expect(plain.allSatisfy { $0.maps.isEmpty && $0.original == nil })
    for (one, other) in zip(plain, tapped) {
      #expect(bits(one.latents) == bits(other.latents), "step \(one.index)")
      #expect(one.merging == other.merging, "step \(one.index)")
    }
    #expect(tapped.map { !$0.maps.isEmpty } == [true, false, false, true])
    #expect(tapped.map { $0.original != nil } == [false, true, false, true])
    let maps = tapped[0].maps
    // Each block that merges once.
    let statistics = try #require(tapped[0].merging)
    #expect(Set(maps.map(\.block)) == Set(statistics.blocks.keys))
    #expect(maps.count == statistics.blocks.count)
    for map in maps {
      let merged = map.destinations.enumerated().count { $1 != $0 }
      #expect(merged == map.destinations.count / 2, "\(map.block)")
    }
  }

  @Test(arguments: [SchedulerKind.euler, .dpmSolver])
  func `where the noise ends the picture is what the last evaluation predicts`(_ kind: SchedulerKind) throws {
    let count = try run(kind, taps: DenoisingTaps()).count
    let steps = try run(kind, taps: DenoisingTaps(originals: [0, count - 1]))
    let last = try #require(steps.last)
    let original = try #require(last.original)
    let first = try #require(steps[0].original)
    #expect(original.shape == last.latents.shape)
    #expect(distance(original, last.latents) < 1e-4, "\(kind)")
    // At the first step the model can only guess.
    #expect(distance(first, last.latents) > 1e-2, "\(kind)")
  }

  private func bits(_ tensor: Tensor) -> [UInt32] { tensor.withUnsafeBuffer { $0.map(\.bitPattern) } }

  /// The root of the mean square of the differences, over that of the second.
  private func distance(_ a: Tensor, _ b: Tensor) -> Float {
    let (a, b) = (a.withUnsafeBuffer { Array($0) }, b.withUnsafeBuffer { Array($0) })
    let squares = zip(a, b).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / b.reduce(Float(0)) { $0 + $1 * $1 }).squareRoot()
  }
}
