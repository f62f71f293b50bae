import Foundation
import Images
import ReferenceFixtures
import SamplerNames
import Tensors
import Testing
import TokenMerging

@testable import StableDiffusion

/// Against two pipelines of diffusers, one after the other. Fixtures: `Tests/Reference/hires.py`.
@Suite(.everyProductBackend) struct HiresTests {
  private struct Case: Decodable {
    struct Hires: Decodable {
      let width: Int
      let height: Int
      let steps: Int
      let strength: Double
      let upscaler: Upscaler
      let ratio: Double
    }

    let name: String
    let prompt: String
    let guidanceScale: Double
    let steps: Int
    let seed: UInt64
    let scheduler: String
    let ratio: Double
    let maxDownsample: Int
    let width: Int
    let height: Int
    let hires: Hires

    /// - Parameter kind: instead of the checkpoint's own scheduler
    func picture(_ pipeline: DiffusionPipeline, _ kind: SchedulerKind?) throws -> RGBImage {
      let options = SamplingOptions(
        steps: steps, guidanceScale: guidanceScale, width: width, height: height, scheduler: kind,
        hires: HiresOptions(
          width: hires.width, height: hires.height, steps: hires.steps, strength: hires.strength,
          upscaler: hires.upscaler))
      let conditioning = try pipeline.conditioning(for: prompt, guidanceScale: guidanceScale)
      func merging(_ ratio: Double) -> MergingOptions? {
        ratio > 0 ? MergingOptions(ratio: ratio, maxDownsample: maxDownsample) : nil
      }
      func last(_ steps: DenoisingSequence) throws -> Tensor {
        var latents: Tensor?
        for step in steps { latents = step.latents }
        return try #require(latents)
      }
      let first = try last(
        pipeline.denoise(conditioning, seed: seed, options: options, merging: merging(ratio)))
      let enlarged = try pipeline.enlarged(
        first, for: #require(options.hires), encoder: pipeline.pictureEncoder())
      let second = try pipeline.denoiseAgain(
        conditioning, from: enlarged, seed: seed, options: options, merging: merging(hires.ratio))
      #expect(try second.stepCount == pipeline.secondPassEvaluations(options))
      return try pipeline.decode(last(second))
    }
  }

  private struct Settings: Decodable {
    let pictures: [Case]
  }

  private static func expectAlikePicture(
    _ item: Case, _ fixture: Fixture, _ pipeline: DiffusionPipeline, _ kind: SchedulerKind?
  ) throws {
    let picture = try item.picture(pipeline, kind)
    #expect(picture.width == item.hires.width && picture.height == item.hires.height)
    expectAlike(picture, try fixture.bytes(item.name), "\(item.name)")
  }

  @Test func `second passes of the bundled checkpoint are those of the reference`() throws {
    let fixture = try Fixture("Hires", "demo")
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    let items = try fixture.settings(Settings.self).pictures
    #expect(Set(items.map(\.hires.upscaler)) == Set(Upscaler.allCases))
    // What is merged, a near tie decides: OpenBLAS's rounding makes another picture of one case.
    let isExact = ProductBackend.current.keepsBits
    for item in items where isExact || (item.ratio == 0 && item.hires.ratio == 0) {
      try Self.expectAlikePicture(item, fixture, pipeline, SchedulerKind(named: item.scheduler))
    }
  }

  @Test func `second passes of an SDXL miniature are those of the reference`() throws {
    let fixture = try Fixture("Hires", "sdxl")
    let miniature = try FamilyFixture("sdxl")
    for item in try fixture.settings(Settings.self).pictures {
      try withTemporaryFolder { folder in
        try miniature.write(scheduler: item.scheduler, to: folder)
        try Self.expectAlikePicture(item, fixture, DiffusionPipeline(folder), nil)
      }
    }
  }

  @Test func `as many steps are taken as asked for, whatever the strength`() throws {
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    func count(_ kind: SchedulerKind, _ steps: Int, _ strength: Double) throws -> Int {
      let hires = HiresOptions(width: 64, height: 64, steps: steps, strength: strength, upscaler: .latent)
      let options = SamplingOptions(steps: 3, width: 32, height: 32, scheduler: kind, hires: hires)
      try pipeline.validate(options, merging: nil)
      return try pipeline.secondPassEvaluations(options)
    }
    for strength in [0.05, 0.3, 0.5, 0.999, 1] { #expect(try count(.ddim, 6, strength) == 6) }
    let heun = try #require(SchedulerKind(.heun, nil))
    #expect(try count(heun, 6, 0.5) == 11)
  }

  @Test func `what a second pass cannot be is refused`() throws {
    let pipeline = try DiffusionPipeline(demoCheckpoint)
    func error(
      _ hires: HiresOptions, scheduler: SchedulerKind? = nil, strength: Double? = nil
    ) -> String {
      let options = SamplingOptions(scheduler: scheduler, strength: strength, hires: hires)
      return (#expect(throws: PipelineError.self) { try pipeline.validate(options, merging: nil) })
        .map { "\($0)" } ?? ""
    }
    func hires(
      _ width: Int = 64, steps: Int = 4, strength: Double = 0.5
    ) -> HiresOptions {
      HiresOptions(width: width, height: 64, steps: steps, strength: strength, upscaler: .latent)
    }
    #expect(error(hires(63)).contains("size 63x64"))
    #expect(error(hires(steps: 0)).contains("at least 1"))
    for strength in [0, 1.1, .nan, 1e-300] { #expect(error(hires(strength: strength)).contains("strength")) }
    #expect(error(hires(steps: 600)).contains("a second pass of 600 with a strength of 0.5"))
    #expect(error(hires(), strength: 0.5).contains("a second pass follows one from noise"))
  }
}
