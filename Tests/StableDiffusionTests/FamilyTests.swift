import Foundation
import Images
import ReferenceFixtures
import Tensors
import Testing
import TokenMerging

@testable import StableDiffusion

/// Miniatures with the structure of published models, against diffusers with a fresh tomesd patch. Fixtures:
/// `Tests/Reference/families.py`.
@Suite(.everyProductBackend) struct FamilyTests {
  private struct Prediction: Decodable {
    let name: String
    let input: String
    let batch: Int
    let seed: UInt64
    let timesteps: [Double]
    let ratio: Double
    let maxDownsample: Int
    let guidanceScale: Double?
    let timeIDs: [Int]?

    /// Heights and tops come first in the reference.
    var sizes: MicroConditioning? {
      timeIDs.map { ids in
        MicroConditioning(
          .init(originalWidth: ids[1], originalHeight: ids[0], cropLeft: ids[3], cropTop: ids[2]),
          width: ids[5], height: ids[4])
      }
    }
  }

  private struct Settings: Decodable {
    let predictions: [Prediction]
    let pictures: [ReferencePicture]
  }

  private static func merging(_ ratio: Double, _ maxDownsample: Int) -> MergingOptions? {
    ratio > 0 ? MergingOptions(ratio: ratio, maxDownsample: maxDownsample) : nil
  }

  @Test(arguments: FamilyFixture.families, AttentionKernel.allCases)
  func `a family's UNet predicts what diffusers predicts`(family: String, attention: AttentionKernel) throws {
    let fixture = try FamilyFixture(family).fixture
    let (directory, folder) = try fixture.temporaryModel("unet")
    let unet = try withExtendedLifetime(folder) { try UNet2DConditionModel(directory) }
    for item in try fixture.settings(Settings.self).predictions {
      let latents = try fixture.input("input.latents.\(item.input)").channelsLast()
      let conditioning = Conditioning(
        hiddenStates: try fixture.input("input.states.\(item.input)"),
        pooled: try item.sizes.map { _ in try fixture.input("input.pooled.\(item.input)") },
        sizes: item.sizes,
        guidanceScale: item.guidanceScale)
      var merging = Self.merging(item.ratio, item.maxDownsample).map {
        MergingSession(options: $0, seed: item.seed)
      }
      let expected = try fixture.expected(item.name)
      for (step, timestep) in item.timesteps.enumerated() {
        let noise = unet(
          latents, timestep: timestep, conditioning: conditioning, merging: &merging,
          compute: ComputeOptions(attention: attention))
        let reference = expected.slice(step..<step + 1)
          .reshaped(Shape(Array(expected.shape.dimensions.dropFirst())))
        expectClose(
          noise.channelsFirst(), reference, relative: item.ratio > 0 ? 1e-4 : 1e-5,
          "\(family) \(item.name), step \(step)")
      }
      guard let merging else { continue }
      // As many blocks merge as the configuration says.
      let grids = unet.configuration.attendingGrids(latentWidth: 16, latentHeight: 12)
      let blocks = grids.filter { merging.options.mergedCount(of: $0) > 0 }.reduce(0) { $0 + $1.blocks }
      #expect(blocks > 0)
      #expect(merging.statistics.overall.passes == blocks * item.batch * item.timesteps.count, "\(item.name)")
    }
  }

  @Test(arguments: FamilyFixture.families)
  func `a family makes diffusers' pictures`(family: String) throws {
    let miniature = try FamilyFixture(family)
    let fixture = miniature.fixture
    let items = try fixture.settings(Settings.self).pictures
    for (scheduler, items) in Dictionary(grouping: items, by: \.scheduler) {
      try withTemporaryFolder { folder in
        try miniature.write(scheduler: scheduler, to: folder)
        let pipeline = try DiffusionPipeline(folder)
        for item in items {
          let picture = try item.drawn(by: pipeline)
          #expect(
            try fixture.shape(item.name) == [picture.height, picture.width, 3], "\(family) \(item.name)")
          expectAlike(picture, try fixture.bytes(item.name), "\(family) \(item.name)")
        }
      }
    }
  }
}
