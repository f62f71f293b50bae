import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import SamplerNames
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' image to image pipelines with a fresh tomesd patch. Fixtures: `Tests/Reference/image_to_image.py`.
@Suite(.everyProductBackend) struct ImageToImageTests {
  private struct Settings: Decodable {
    let pictures: [ReferencePicture]
  }

  private static func picture(_ name: String, in fixture: Fixture) throws -> RGBImage {
    let (shape, pixels) = (try fixture.shape("picture.\(name)"), try fixture.bytes("picture.\(name)"))
    return RGBImage(width: shape[1], height: shape[0], pixels: pixels)
  }

  private static func expectReferencePicture(
    _ item: ReferencePicture, _ fixture: Fixture, _ pipeline: DiffusionPipeline, _ kind: SchedulerKind?
  ) throws {
    let start = try picture(#require(item.picture), in: fixture)
    let picture = try item.drawn(by: pipeline, scheduler: kind, from: start)
    #expect(try fixture.shape(item.name) == [picture.height, picture.width, 3], "\(item.name)")
    expectAlike(picture, try fixture.bytes(item.name), "\(item.name)")
  }

  @Test func `the bundled checkpoint changes pictures as diffusers does, with every scheduler`() throws {
    let fixture = try Fixture("ImageToImage", "demo")
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    let items = try fixture.settings(Settings.self).pictures
    var methods: Set<SamplingMethod> = []
    for item in items {
      let kind = try SchedulerKind(named: item.scheduler)
      methods.insert(kind.method)
      try Self.expectReferencePicture(item, fixture, pipeline, kind)
    }
    #expect(methods == Set(SamplingMethod.allCases))
  }

  @Test func `a miniature of SDXL changes pictures as diffusers does`() throws {
    let miniature = try FamilyFixture("sdxl")
    let fixture = try Fixture("ImageToImage", "sdxl")
    for item in try fixture.settings(Settings.self).pictures {
      try withTemporaryFolder { folder in
        try miniature.write(scheduler: item.scheduler, to: folder)
        try Self.expectReferencePicture(item, fixture, try DiffusionPipeline(folder), nil)
      }
    }
  }

  @Test func `as many steps are taken as the strength's share of them, rounded down`() throws {
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    let conditioning = try pipeline.conditioning(for: "a red cube", guidanceScale: 1)
    let picture = RGBImage(width: 16, height: 16, pixels: Array(repeating: 90, count: 768))
    let latents = try pipeline.pictureEncoder()(picture, width: 16, height: 16)
    func count(_ kind: SchedulerKind, _ steps: Int, _ strength: Double) throws -> Int {
      let options = SamplingOptions(
        steps: steps, guidanceScale: 1, width: 16, height: 16, scheduler: kind, strength: strength)
      return try pipeline.denoise(conditioning, from: latents, seed: 0, options: options, merging: nil)
        .stepCount
    }
    #expect(try count(.ddim, 20, 0.55) == 11)
    #expect(try count(.ddim, 100, 0.29) == 28)
    #expect(try count(.ddim, 20, 1) == 20)
    // Twice a step but for the last.
    let heun = try #require(SchedulerKind(.heun, nil))
    #expect(try count(heun, 20, 0.5) == 19)
    // Three of its steps are four evaluations each, which diffusers counts as steps where it leaves some out.
    #expect(try count(.pndm, 20, 0.5) == 29 - 10)
  }

  @Test func `strengths that are none, or leave no step, are refused`() throws {
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    func error(_ steps: Int, _ strength: Double) -> PipelineError? {
      #expect(throws: PipelineError.self) {
        try pipeline.validate(SamplingOptions(steps: steps, strength: strength), merging: nil)
      }
    }
    for strength in [0, -1, 1.1, .nan, .infinity] { #expect(error(20, strength) != nil) }
    #expect(error(4, 0.2) == .noStepsLeft(0.2, steps: 4))
    #expect(error(4, 0.2)?.description.hasSuffix("at least 0.25") == true)
    #expect(throws: Never.self) {
      try pipeline.validate(SamplingOptions(steps: 5, strength: 0.2), merging: nil)
    }
  }

  @Test func `a model that takes the guidance scale as an input begins from noise only`() throws {
    let miniature = try FamilyFixture("lcm")
    try withTemporaryFolder { folder in
      try miniature.write(scheduler: "ddim", to: folder)
      var index = try JSONDecoder().decode(
        [String: String].self, from: Data(contentsOf: folder.appendingPathComponent("model_index.json")))
      index["_class_name"] = "LatentConsistencyModelPipeline"
      try JSONEncoder().encode(index).write(to: folder.appendingPathComponent("model_index.json"))
      let pipeline = try DiffusionPipeline(folder)
      #expect(throws: PipelineError.noImageToImage) {
        try pipeline.validate(SamplingOptions(strength: 0.5), merging: nil)
      }
    }
  }
}
