import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Tensors
import Testing
import TokenMerging

@testable import StableDiffusion

/// What can be asked of a pipeline, on the bundled checkpoint.
@Suite struct PipelineRequestTests {
  static let checkpoint = Fixture.root.appendingPathComponent("../../Sources/DemoCheckpoint/checkpoint")
  static let pipeline = Result { try DiffusionPipeline(checkpoint) }
  let pipeline: DiffusionPipeline

  init() throws { pipeline = try Self.pipeline.get() }

  static let small = SamplingOptions(steps: 3, guidanceScale: 4, width: 16, height: 12)

  private func latents(
    _ options: SamplingOptions = small, seed: UInt64 = 5, merging: MergingOptions? = nil
  ) throws -> [DenoisingSequence.Step] {
    let conditioning = try pipeline.conditioning(for: "a red cube", guidanceScale: options.guidanceScale)
    return Array(try pipeline.denoise(conditioning, seed: seed, options: options, merging: merging))
  }

  private func message(_ options: SamplingOptions, merging: MergingOptions? = nil) throws -> String {
    try #require(throws: PipelineError.self) { try pipeline.validate(options, merging: merging) }.description
  }

  @Test func `size and defaults follow from the folder`() {
    #expect(pipeline.scaleFactor == 4)
    #expect(pipeline.defaultSize == (256, 256))
    #expect(pipeline.defaults.options.guidanceScale == 6)
    #expect(pipeline.defaults.options.steps == 8)
  }

  @Test func `grids are asked for in pixels`() {
    let grids = pipeline.attendingGrids(width: 512, height: 256)
    #expect(grids.first == TokenGrid(width: 128, height: 64, downsample: 1, blocks: 3))
  }

  @Test(arguments: [(36, 4, 1), (256, 8, 4)])
  func `thin pictures are made without merging what has no whole cell`(
    width: Int, height: Int, maxDownsample: Int
  ) throws {
    let options = SamplingOptions(steps: 1, guidanceScale: 4, width: width, height: height)
    let merging = MergingOptions(ratio: 0.5, maxDownsample: maxDownsample)
    let statistics = try #require(try latents(options, merging: merging).last?.merging)
    let expected = merging.effectiveRatio(over: pipeline.attendingGrids(width: width, height: height))
    #expect(abs(statistics.overall.effectiveRatio - expected) < 0.01)
  }

  @Test func `guidance doubles the batch and long prompts are reported`() throws {
    let guided = try pipeline.conditioning(for: "a dog", guidanceScale: 4)
    #expect(guided.hiddenStates.shape.dimensions.prefix(2) == [2, 77])
    #expect(!guided.isTruncated)
    #expect(try pipeline.conditioning(for: "a dog", guidanceScale: 1).hiddenStates.shape[0] == 1)
    let long = Array(repeating: "dog", count: 100).joined(separator: " ")
    #expect(try pipeline.conditioning(for: long, guidanceScale: 1).isTruncated)
    #expect(try pipeline.conditioning(for: "a dog", negativePrompt: long, guidanceScale: 4).isTruncated)
    #expect(try !pipeline.conditioning(for: "a dog", negativePrompt: long, guidanceScale: 1).isTruncated)
  }

  @Test func `impossible requests name the argument`() throws {
    #expect(try message(SamplingOptions(width: 130)).contains("132x256"))
    #expect(try message(SamplingOptions(height: 0)).contains("256x0"))
    #expect(try message(SamplingOptions(steps: 0)).contains("0 steps"))
    #expect(try message(SamplingOptions(steps: 1001)).contains("1000"))
    #expect(try message(SamplingOptions(guidanceScale: -1)).contains("guidance"))
    #expect(try message(SamplingOptions(guidanceScale: .nan)).contains("guidance"))
    #expect(try message(SamplingOptions(), merging: MergingOptions(ratio: 1.5)).contains("ratio"))
    let conditioning = try pipeline.conditioning(for: "a dog", guidanceScale: 4)
    #expect(throws: PipelineError.self) {
      try pipeline.denoise(conditioning, seed: 0, options: SamplingOptions(steps: 0), merging: nil)
    }
  }

  @Test func `steps come one by one and can be decoded or abandoned`() throws {
    let conditioning = try pipeline.conditioning(for: "a red cube", guidanceScale: 4)
    var sequence = try pipeline.denoise(conditioning, seed: 5, options: Self.small, merging: nil)
    #expect(sequence.stepCount == 3)
    let next = sequence.next()
    let first = try #require(next)
    #expect(first.index == 0)
    #expect(first.timestep == 999)
    #expect(first.seconds > 0)
    #expect(first.merging == nil)
    #expect(first.latents.shape == [1, 3, 4, 4])
    let preview = try pipeline.decode(first.latents)
    #expect(preview.width == 16 && preview.height == 12)
    #expect(sequence.map(\.index) == [1, 2])
  }

  @Test func `an image depends on its seed and on nothing before it`() throws {
    let merging = MergingOptions(ratio: 0.5)
    let first = try latents(merging: merging).map(\.latents.values)
    #expect(try latents(seed: 6, merging: merging).map(\.latents.values) != first)
    #expect(try latents(merging: merging).map(\.latents.values) == first)
  }

  @Test func `merging is reported step by step`() throws {
    let merging = try latents(merging: MergingOptions(ratio: 0.5)).map { try #require($0.merging) }
    #expect(merging.allSatisfy { abs($0.overall.effectiveRatio - 0.5) < 1e-9 })
    #expect(merging[0].overall.merged > 0 && merging[2].overall.merged == 3 * merging[0].overall.merged)
    let blocks = merging[2].blocks
    #expect(blocks["down_blocks.0.attentions.0.transformer_blocks.0"] != nil, "\(blocks.keys)")
    #expect(blocks.values.reduce(0) { $0 + $1.merged } == merging[2].overall.merged)
    #expect(blocks.values.map(\.minimumSimilarity).min() == merging[2].overall.minimumSimilarity)
  }

  @Test func `a batch without a pair is what guidance of a scale up to one uses`() throws {
    let plain = try latents(SamplingOptions(steps: 2, guidanceScale: 1, width: 16, height: 16))
    let none = try latents(SamplingOptions(steps: 2, guidanceScale: 0, width: 16, height: 16))
    #expect(plain.last?.latents.values == none.last?.latents.values)
  }

  @Test func `other pipelines and incomplete folders are refused by name`() throws {
    let folder = try TemporaryFolder()
    func error(_ json: String?) throws -> String {
      let index = folder.url.appendingPathComponent("model_index.json")
      if let json { try Data(json.utf8).write(to: index) }
      return try #require(throws: CheckpointError.self) { try DiffusionPipeline(folder.url) }.description
    }
    #expect(try error(nil).contains("model_index.json"))
    let other = try error(#"{"_class_name": "StableDiffusionXLImg2ImgPipeline"}"#)
    #expect(other.contains("is StableDiffusionXLImg2ImgPipeline; supported are StableDiffusionPipeline,"))
    for name in ["StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline"] {
      #expect(other.contains(name))
      #expect(try error(#"{"_class_name": "\#(name)"}"#).contains("scheduler"))
    }
  }

  @Test func `the fingerprint is that of the weights, not of the folder's name`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.url.appendingPathComponent("copy")
    try FileManager.default.copyItem(at: Self.checkpoint.standardizedFileURL, to: copy)
    let scheduler = copy.appendingPathComponent("scheduler/scheduler_config.json")
    #expect(try DiffusionPipeline(copy).fingerprint == pipeline.fingerprint)
    let json = try String(contentsOf: scheduler, encoding: .utf8)
    // What nothing reads, and what only names the model.
    for path in [
      "unet/note.json", "vae/merges.txt", "unet/model.fp16.safetensors", "README.md", "clip/x.txt",
    ] {
      try Data("x".utf8).write(to: copy.appendingPathComponent(path))
    }
    try Data(#"{"name": "copy"}"#.utf8).write(to: copy.appendingPathComponent("tome-eval.json"))
    #expect(try DiffusionPipeline(copy).fingerprint == pipeline.fingerprint)
    try Data(json.replacingOccurrences(of: "0.02,", with: "0.03,").utf8).write(to: scheduler)
    #expect(try DiffusionPipeline(copy).fingerprint != pipeline.fingerprint)
  }
}
