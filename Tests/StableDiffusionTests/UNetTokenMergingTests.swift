import Foundation
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// The UNet with token merging, against diffusers' after `torch.manual_seed(seed)` and a fresh
/// `tomesd.apply_patch(…)`, and against what other programs make of it.
@Suite(.everyProductBackend) struct UNetTokenMergingTests {
  /// The arguments of `tomesd.apply_patch`, under its names.
  private struct Arguments: Decodable {
    let ratio: Double
    let max_downsample: Int
    let sx: Int
    let sy: Int
    let use_rand: Bool
    let merge_attn: Bool
    let merge_crossattn: Bool
    let merge_mlp: Bool

    var options: MergingOptions {
      var options = MergingOptions()
      options.ratio = ratio
      options.maxDownsample = max_downsample
      options.sx = sx
      options.sy = sy
      options.useRand = use_rand
      options.mergeAttn = merge_attn
      options.mergeCrossattn = merge_crossattn
      options.mergeMlp = merge_mlp
      return options
    }
  }

  private struct Case: Decodable {
    let name: String
    let input: String
    let seed: UInt64
    let timesteps: [Double]
    let arguments: Arguments
    /// Nil is tomesd.
    let variant: MergeVariant?
    /// The part of the steps in which tokens are merged; nil is all.
    let steps: [Double]?

    var options: MergingOptions {
      var options = arguments.options
      options.variant = variant ?? .tomesd
      options.steps = steps.flatMap { StepRange(from: $0[0], to: $0[1]) } ?? .all
      return options
    }
  }

  private struct Settings: Decodable {
    let cases: [Case]
  }

  @Test(
    arguments: [
      "token-merging-sd1", "token-merging-sd2", "merge-variants-sd1", "merge-variants-sd2",
      "token-downsampling-sd1", "token-downsampling-sd2",
    ],
    AttentionKernel.allCases)
  func `predicts what the patched UNet predicts`(name: String, attention: AttentionKernel) throws {
    let fixture = try Fixture("UNet", name)
    let (directory, folder) = try fixture.temporaryModel("unet")
    let unet = try UNet2DConditionModel(directory)
    for item in try fixture.settings(Settings.self).cases {
      let latents = try fixture.input("input.latents.\(item.input)").channelsLast()
      let states = try fixture.input("input.states.\(item.input)")
      let expected = try fixture.expected(item.name)
      // One session over all steps: its random stream goes on from step to step.
      var merging: MergingSession? = MergingSession(options: item.options, seed: item.seed)
      for (step, timestep) in item.timesteps.enumerated() {
        merging?.begin(evaluation: step, of: item.timesteps.count)
        let noise = unet(
          latents, timestep: timestep, conditioning: Conditioning(hiddenStates: states), merging: &merging,
          compute: ComputeOptions(attention: attention))
        let reference = expected.slice(step..<step + 1)
          .reshaped(Shape(Array(expected.shape.dimensions.dropFirst())))
        expectClose(
          noise.channelsFirst(), reference, relative: 1e-4, "\(name) \(item.name), step \(step)")
      }
    }
    withExtendedLifetime(folder) {}
  }
}
