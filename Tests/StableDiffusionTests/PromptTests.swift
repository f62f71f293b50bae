import CLIPModels
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Textual inversions and clip skip against diffusers, the web UI's prompt syntax against a model of its rule. Fixtures:
/// `Tests/Reference/prompts.py`.
@Suite(.everyProductBackend) struct PromptTests {
  private struct Prompt: Decodable {
    let name: String
    let prompt: String
    let negative: String?
    let embeddings: [String]
    let clipSkip: Int
  }

  private struct Settings: Decodable {
    let pictures: [ReferencePicture]
    let prompts: [Prompt]
  }

  /// The miniature's folder, and a place for files beside it.
  private static func model(_ name: String, in folder: URL) throws -> (fixture: PromptFixture, folder: URL) {
    let prompts = try PromptFixture(name)
    let place = folder.appendingPathComponent("model")
    let scheduler = try #require(try prompts.fixture.settings(Settings.self).pictures.first).scheduler
    try prompts.model.write(scheduler: scheduler, to: place)
    return (prompts, place)
  }

  private static func pipeline(
    _ prompts: PromptFixture, _ place: URL, _ embeddings: [String]
  ) throws -> DiffusionPipeline {
    let words = try embeddings.map { name in
      try TextualInversion(prompts.writeEmbedding(name, to: place.deletingLastPathComponent()))
    }
    return try DiffusionPipeline(ModelDirectory(place), words: words)
  }

  @Test(arguments: AdapterFixture.models)
  func `textual inversions and clip skip make diffusers' pictures`(model: String) throws {
    try withTemporaryFolder { folder in
      let (prompts, place) = try Self.model(model, in: folder)
      for item in try prompts.fixture.settings(Settings.self).pictures {
        let pipeline = try Self.pipeline(prompts, place, item.embeddings ?? [])
        expectAlike(
          try item.drawn(by: pipeline), try prompts.fixture.bytes(item.name), "\(model) \(item.name)")
      }
    }
  }

  @Test(arguments: AdapterFixture.models)
  func `prompts in the web UI's syntax are encoded by its rule`(model: String) throws {
    try withTemporaryFolder { folder in
      let (prompts, place) = try Self.model(model, in: folder)
      for item in try prompts.fixture.settings(Settings.self).prompts {
        let pipeline = try Self.pipeline(prompts, place, item.embeddings)
        let options = SamplingOptions(
          guidanceScale: item.negative == nil ? 1 : 7, negativePrompt: item.negative ?? "",
          clipSkip: item.clipSkip, promptSyntax: .webui)
        let found = try pipeline.conditioning(for: pipeline.read(item.prompt, options))
        expectClose(
          found.hiddenStates, try prompts.fixture.expected(item.name), relative: 1e-4,
          "\(model) \(item.name): \(item.prompt.prefix(40))")
        #expect(!found.isTruncated)
        guard model == "sdxl" else { continue }
        expectClose(
          try #require(found.pooled), try prompts.fixture.expected("\(item.name).pooled"), "\(item.name)")
      }
    }
  }

  @Test func `a prompt without marks is the same in both syntaxes, and long ones make pictures`() throws {
    try withTemporaryFolder { folder in
      let (prompts, place) = try Self.model("sd1", in: folder)
      let pipeline = try Self.pipeline(prompts, place, [])
      func states(_ text: String, _ syntax: PromptSyntax) throws -> Tensor {
        let options = SamplingOptions(guidanceScale: 3, negativePrompt: "blurry", promptSyntax: syntax)
        return try pipeline.conditioning(for: pipeline.read(text, options)).hiddenStates
      }
      #expect(try states("a red cube", .webui).values == states("a red cube", .plain).values)
      #expect(try states("a (red) cube", .webui).values != states("a (red) cube", .plain).values)
      let long = String(repeating: "a red cube on a blue one ", count: 15)
      var options = SamplingOptions(steps: 1, guidanceScale: 3)
      #expect(try pipeline.conditioning(for: pipeline.read(long, options)).isTruncated)
      options.promptSyntax = .webui
      let conditioning = try pipeline.conditioning(for: pipeline.read(long, options))
      #expect(conditioning.hiddenStates.shape == [2, 154, 24])
      for step in try pipeline.denoise(
        conditioning, seed: 0, options: options, merging: MergingOptions(ratio: 0.5, mergeCrossattn: true))
      {
        #expect(step.latents.isFinite)
      }
    }
  }

  @Test func `layers that there are not cannot be left out`() throws {
    try withTemporaryFolder { folder in
      for (model, most) in [("sd1", 3), ("sdxl", 2)] {
        let (prompts, place) = try Self.model(model, in: folder.appendingPathComponent(model))
        let pipeline = try Self.pipeline(prompts, place, [])
        _ = try pipeline.read("x", SamplingOptions(clipSkip: most))
        let error = #expect(throws: PipelineError.self) {
          try pipeline.validate(SamplingOptions(clipSkip: most + 1), merging: nil)
        }
        #expect(error == .badClipSkip(most + 1, most: most))
        #expect(error?.description.contains("0 to \(most) layers") == true)
        #expect(throws: PipelineError.self) { try pipeline.read("x", SamplingOptions(clipSkip: -1)) }
      }
    }
  }

  @Test func `words that do not fit a model are named`() throws {
    try withTemporaryFolder { folder in
      let (small, place) = try Self.model("sd1", in: folder.appendingPathComponent("sd1"))
      let (large, xlPlace) = try Self.model("sdxl", in: folder.appendingPathComponent("sdxl"))
      func message(_ place: URL, _ words: [URL]) throws -> String {
        try #require(throws: CheckpointError.self) {
          try DiffusionPipeline(ModelDirectory(place), words: words.map { try TextualInversion($0) })
        }.description
      }
      let one = try small.writeEmbedding("one", to: folder)
      let pair = try large.writeEmbedding("xlword", to: folder)
      #expect(try message(place, [pair]).contains("'xlword': has vectors of SDXL's two text encoders"))
      #expect(try message(xlPlace, [one]).contains("needs 'clip_l' and 'clip_g'"))
      #expect(try message(place, [one, one]).contains("has a token '<style>' already"))
      let wide = folder.appendingPathComponent("wide.safetensors")
      try SafetensorsWriter.write(["<wide>": Tensor(zeros: [1, 768])], to: wide)
      #expect(
        try message(place, [wide]).contains(
          "'<wide>': has vectors of 768 values (Stable Diffusion 1.x), this model's text encoder has 24"))
      try SafetensorsWriter.write(["<|endoftext|>": Tensor(zeros: [1, 24])], to: wide)
      #expect(try message(place, [wide]).contains("already"))
      try SafetensorsWriter.write(["a</w>": Tensor(zeros: [1, 24])], to: wide)
      #expect(try message(place, [wide]).contains("already"))
      try SafetensorsWriter.write(["<long>": Tensor(zeros: [76, 24])], to: wide)
      #expect(try message(place, [wide]).contains("has 76 vectors, a text of this model has room for 75"))
    }
  }
}
