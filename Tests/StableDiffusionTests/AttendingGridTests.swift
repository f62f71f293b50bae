import Checkpoints
import Foundation
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// What the configuration says about tokens, against what the UNet does with them.
@Suite struct AttendingGridTests {
  private func configuration(_ json: String) throws -> UNet2DConditionModel.Configuration {
    try UNet2DConditionModel.Configuration(
      SyntheticFolder(
        path: "unet", files: ["config.json": Data(json.utf8)], tensors: RandomTensors(seed: 0)))
  }

  private func grid(_ side: Int, _ downsample: Int, _ blocks: Int) -> TokenGrid {
    TokenGrid(width: side, height: side, downsample: downsample, blocks: blocks)
  }

  @Test func `Stable Diffusion 1.5 attends at four resolutions`() throws {
    let grids = try configuration("{}").attendingGrids(latentWidth: 64, latentHeight: 64)
    #expect(grids == [grid(64, 1, 5), grid(32, 2, 5), grid(16, 4, 5), grid(8, 8, 1)])
    #expect(MergingOptions(ratio: 0.3).effectiveRatio(over: grids) == 0.3)
    #expect(MergingOptions(ratio: 0.9).effectiveRatio(over: grids) == 0.75)
  }

  @Test func `a model without attention at the top merges below it only`() throws {
    let grids = try configuration(
      """
      {"block_out_channels": [320, 640, 1280], "transformer_layers_per_block": [1, 2, 10],
       "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
       "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]}
      """
    ).attendingGrids(latentWidth: 128, latentHeight: 128)
    #expect(grids == [grid(64, 2, 10), grid(32, 4, 60)])
    #expect(MergingOptions(ratio: 0.5).effectiveRatio(over: grids) == 0)
    #expect(MergingOptions(ratio: 0.5, maxDownsample: 2).effectiveRatio(over: grids) == 0.5)
  }

  @Test(
    arguments: ["sd1", "sd2", "no-mid-block", "uneven"],
    [(16, 16), (13, 9), (18, 25), (9, 1), (64, 2), (1, 1)])
  func `a pass merges as much as the grids say`(name: String, size: (width: Int, height: Int)) throws {
    let (directory, folder) = try Fixture("UNet", name).temporaryModel("unet")
    let unet = try withExtendedLifetime(folder) { try UNet2DConditionModel(directory) }
    let configuration = unet.configuration
    let latents = SyntheticTensor(shape: [2, size.height, size.width, configuration.inChannels])
      .tensor(named: "latents")
    let states = SyntheticTensor(shape: [2, 7, configuration.crossAttentionDim[0]]).tensor(named: "states")
    let grids = configuration.attendingGrids(latentWidth: size.width, latentHeight: size.height)
    for options in [
      MergingOptions(ratio: 0.5), MergingOptions(ratio: 0.9, maxDownsample: 2),
      MergingOptions(ratio: 0.6, maxDownsample: 8, sx: 3, sy: 1),
      MergingOptions(ratio: 0.6, maxDownsample: 8, variant: .comfyui),
    ] {
      var merging: MergingSession? = MergingSession(options: options, seed: 0)
      _ = unet(
        latents, timestep: 400, conditioning: Conditioning(hiddenStates: states), merging: &merging)
      let tally = try #require(merging?.statistics.overall)
      let merged = grids.filter { options.mergedCount(of: $0) > 0 }
      #expect(tally.passes == 2 * merged.reduce(0) { $0 + $1.blocks }, "\(options)")
      let lost = options.effectiveRatio(over: grids) - tally.effectiveRatio
      // Of every block less than a token by rounding down.
      let tokens = merged.map(\.tokens).min() ?? 1
      #expect(lost > -1e-12 && lost * Double(tokens) < 1, "\(options)")
    }
  }
}
