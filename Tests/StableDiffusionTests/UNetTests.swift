import Foundation
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// The UNet without merging, against diffusers' UNet2DConditionModel.
@Suite(.everyProductBackend) struct UNetTests {
  private struct Case: Decodable {
    let name: String
    let timestep: Double
  }

  private struct Settings: Decodable {
    let cases: [Case]
  }

  @Test(arguments: ["sd1", "sd2", "no-mid-block", "uneven"], AttentionKernel.allCases)
  func `predicts what diffusers predicts`(configuration: String, attention: AttentionKernel) throws {
    let fixture = try Fixture("UNet", configuration)
    let (directory, folder) = try fixture.temporaryModel("unet")
    let unet = try UNet2DConditionModel(directory)
    for item in try fixture.settings(Settings.self).cases {
      var merging: MergingSession?
      let noise = unet(
        try fixture.input("input.latents.\(item.name)").channelsLast(), timestep: item.timestep,
        conditioning: Conditioning(hiddenStates: try fixture.input("input.states.\(item.name)")),
        merging: &merging, compute: ComputeOptions(attention: attention))
      expectClose(noise.channelsFirst(), try fixture.expected(item.name), "\(configuration) \(item.name)")
    }
    withExtendedLifetime(folder) {}
  }
}
