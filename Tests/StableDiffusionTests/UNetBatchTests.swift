import Checkpoints
import Foundation
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Several pictures at once, as `bench --batches` runs them, and the halves of their guidance pairs.
@Suite struct UNetBatchTests {
  @Test(arguments: ["sd1", "sd2"], [nil, 0.5])
  func `a batch of guidance pairs gives what every pair gives alone`(_ name: String, _ ratio: Double?) throws
  {
    let (directory, folder) = try Fixture("UNet", name).temporaryModel("unet")
    let unet = try withExtendedLifetime(folder) { try UNet2DConditionModel(directory) }
    let width = unet.configuration.crossAttentionDim[0]
    let latents = SyntheticTensor(shape: [2, 16, 16, unet.configuration.inChannels]).tensor(named: "latents")
    // Both negative prompts first.
    let states = SyntheticTensor(shape: [4, 7, width]).tensor(named: "states")
    func predict(_ latents: Tensor, _ states: Tensor) -> Tensor {
      var merging = ratio.map { MergingSession(options: MergingOptions(ratio: $0), seed: 3) }
      return unet(
        .concatenating([latents, latents]), timestep: 400, conditioning: Conditioning(hiddenStates: states),
        merging: &merging)
    }
    let together = predict(latents, states)
    for picture in 0..<2 {
      let alone = predict(
        latents.slice(picture..<(picture + 1)),
        .concatenating([picture, picture + 2].map { states.slice($0..<($0 + 1)) }))
      let parts = [picture, picture + 2].map { together.slice($0..<($0 + 1)) }
      expectClose(.concatenating(parts), alone, relative: 1e-5, "\(name) \(picture)")
    }
  }

  /// Token merging of each kind, in all parts of a block.
  private static let merging: [MergingOptions?] = [
    nil, MergingOptions(ratio: 0.5, mergeCrossattn: true, mergeMlp: true),
    MergingOptions(ratio: 0.4, variant: .webui), MergingOptions(ratio: 0.4, variant: .comfyui),
    MergingOptions(ratio: 0.75, variant: .todo),
  ]

  @Test(arguments: ["sd1", "sd2", "no-mid-block", "uneven"], merging.indices)
  func `what comes before the texts is computed once, with the same bits`(_ name: String, _ index: Int) throws
  {
    let (directory, folder) = try Fixture("UNet", name).temporaryModel("unet")
    let unet = try withExtendedLifetime(folder) { try UNet2DConditionModel(directory) }
    let width = unet.configuration.crossAttentionDim[0]
    let latents = SyntheticTensor(shape: [2, 16, 12, unet.configuration.inChannels]).tensor(named: "latents")
    let states = SyntheticTensor(shape: [4, 7, width]).tensor(named: "states")
    func predict(_ latents: Tensor) -> (values: [Float], merging: MergingStatistics?) {
      var merging = Self.merging[index].map { MergingSession(options: $0, seed: 3) }
      let prediction = unet(
        latents, timestep: 400, conditioning: Conditioning(hiddenStates: states), merging: &merging)
      return (prediction.values, merging?.statistics)
    }
    ProductBackend.using(.builtin(.best)) {
      let (once, twice) = (predict(latents), predict(.concatenating([latents, latents])))
      #expect(once.values == twice.values)
      #expect(once.merging == twice.merging)
    }
  }
}
