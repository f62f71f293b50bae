import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import StableDiffusion

/// Folders of other families than Stable Diffusion 1.x, and what can be asked of them.
@Suite struct FamilyFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ family: String, scheduler: String) throws {
    try FamilyFixture(family).write(scheduler: scheduler, to: folder.url)
  }

  /// Changes fields of one of the folder's JSON files; null takes one out.
  private func change(_ file: String, _ changes: [String: Any]) throws {
    let url = folder.url.appendingPathComponent(file)
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    for (field, value) in changes { object[field] = value is NSNull ? nil : value }
    try JSONSerialization.data(withJSONObject: object).write(to: url)
  }

  private func error() throws -> String {
    try #require(throws: CheckpointError.self) { try DiffusionPipeline(folder.url) }.description
  }

  @Test(arguments: ["tokenizer_2", "text_encoder_2", "text_encoder"])
  func `SDXL without one of its text parts is refused by its name`(part: String) throws {
    try write("sdxl", scheduler: "euler")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(part))
    #expect(try error().contains("/\(part): "))
  }

  @Test func `parts of several families are refused`() throws {
    try write("sdxl", scheduler: "euler")
    try change("model_index.json", ["_class_name": "StableDiffusionPipeline"])
    #expect(try error().contains("'cross_attention_dim': is 40, the text encoder's width is 16"))
    try change("model_index.json", ["_class_name": "LatentConsistencyModelPipeline"])
    #expect(try error().contains("'cross_attention_dim'"))
  }

  @Test func `a latent consistency model must take the guidance scale`() throws {
    try write("small-sd", scheduler: "dpm")
    try change("model_index.json", ["_class_name": "LatentConsistencyModelPipeline"])
    #expect(
      try error().contains(
        "'time_cond_proj_dim': is missing, but LatentConsistencyModelPipeline gives its UNet"))
  }

  @Test func `a UNet for pooled texts needs a pipeline that has them, and the other way round`() throws {
    try write("sdxl", scheduler: "euler")
    let plain = """
      {"block_out_channels": [16, 32, 64], "norm_num_groups": 8, "attention_head_dim": 4, "cross_attention_dim": 40,
       "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
       "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]}
      """
    let files = OtherUNet(
      folder: try ModelDirectory(folder.url),
      unet: SyntheticFolder(
        path: "unet", files: ["config.json": Data(plain.utf8)], tensors: RandomTensors(seed: 0)))
    let error = try #require(throws: CheckpointError.self) { try DiffusionPipeline(files) }
    #expect(
      error.description.contains(
        "'addition_embed_type': asks for no pooled texts, the text encoders of StableDiffusionXLPipeline here give "
          + "pooled texts of 20 values"))
  }

  /// A folder with another UNet.
  private struct OtherUNet: ModelFiles {
    let folder: any ModelFiles
    let unet: any ModelFiles

    var path: String { folder.path }
    var resident: WeightsResidency { folder.resident }
    func has(_ name: String) -> Bool { folder.has(name) }
    func data(_ name: String) throws(CheckpointError) -> Data { try folder.data(name) }
    func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
      name == "unet" ? unet : try folder.component(name)
    }
    func tensors(_ name: String) throws(CheckpointError) -> any TensorSource { try folder.tensors(name) }
    func digests(of name: String) throws(CheckpointError) -> [String] { try folder.digests(of: name) }
  }

  @Test func `an empty negative prompt is zeros where the pipeline says so`() throws {
    try write("sdxl", scheduler: "euler")
    func negative(_ text: String) throws -> (states: [Float], pooled: [Float]) {
      let conditioning = try DiffusionPipeline(folder.url).conditioning(
        for: "a cube", negativePrompt: text, guidanceScale: 5)
      let pooled = try #require(conditioning.pooled)
      #expect(conditioning.hiddenStates.shape == [2, 77, 40] && pooled.shape == [2, 20])
      #expect(conditioning.hiddenStates.slice(1..<2).values.contains { $0 != 0 })
      return (conditioning.hiddenStates.slice(0..<1).values, pooled.slice(0..<1).values)
    }
    // It is the default, too.
    for value in [true, NSNull()] as [Any] {
      try change("model_index.json", ["force_zeros_for_empty_prompt": value])
      let zeros = try negative("")
      #expect(zeros.states.allSatisfy { $0 == 0 } && zeros.pooled.allSatisfy { $0 == 0 })
      #expect(try negative("blurry").pooled.contains { $0 != 0 })
    }
    try change("model_index.json", ["force_zeros_for_empty_prompt": false])
    let encoded = try negative("")
    #expect(encoded.states.contains { $0 != 0 } && encoded.pooled.contains { $0 != 0 })
    try change("model_index.json", ["force_zeros_for_empty_prompt": "never"])
    #expect(try error().contains("model_index.json: 'force_zeros_for_empty_prompt': is \"never\""))
  }

  @Test func `what decides an empty negative prompt is a part of the fingerprint`() throws {
    try write("vega", scheduler: "euler")
    let fingerprint = try DiffusionPipeline(folder.url).fingerprint
    #expect(try DiffusionPipeline(folder.url).fingerprint == fingerprint)
    try change("model_index.json", ["force_zeros_for_empty_prompt": true])
    #expect(try DiffusionPipeline(folder.url).fingerprint != fingerprint)
  }

  @Test func `original sizes and crops are SDXL's, in bounds`() throws {
    try write("sdxl", scheduler: "euler")
    let pipeline = try DiffusionPipeline(folder.url)
    func message(_ framing: MicroConditioning.Framing, _ pipeline: DiffusionPipeline) throws -> String {
      let options = SamplingOptions(steps: 1, framing: framing)
      return try #require(throws: PipelineError.self) { try pipeline.validate(options, merging: nil) }
        .description
    }
    let fine = MicroConditioning.Framing(originalWidth: 1, originalHeight: 1_000_000, cropLeft: 5)
    #expect(try pipeline.validate(SamplingOptions(steps: 1, framing: fine), merging: nil) == (32, 32))
    for (width, height, left, top) in [(0, 8, 0, 0), (8, 1_000_001, 0, 0), (8, 8, -1, 0), (8, 8, 0, Int.max)]
    {
      let framing = MicroConditioning.Framing(
        originalWidth: width, originalHeight: height, cropLeft: left, cropTop: top)
      #expect(try message(framing, pipeline).contains("\(width)x\(height) with a crop at \(left),\(top)"))
    }
    #expect(try message(fine, PipelineRequestTests.pipeline.get()).contains("Stable Diffusion XL family"))
  }

  @Test func `pipelines have guidance scales and steps of their own by default`() throws {
    for (family, scheduler, guidanceScale) in [("sdxl", "euler", 5), ("sd2", "ddim-v", 7.5)]
      as [(String, String, Double)]
    {
      try withTemporaryFolder { folder in
        try FamilyFixture(family).write(scheduler: scheduler, to: folder)
        let defaults = try PipelineDefaults(ModelDirectory(folder)).options
        #expect(defaults.guidanceScale == guidanceScale && defaults.steps == 20)
      }
    }
    try write("lcm", scheduler: "ddim")
    try change("model_index.json", ["_class_name": "LatentConsistencyModelPipeline"])
    let pipeline = try DiffusionPipeline(folder.url)
    #expect(pipeline.defaults.options.guidanceScale == 8.5 && pipeline.defaults.options.steps == 4)
    #expect(!pipeline.hasPair(guidanceScale: 8.5))
    let conditioning = try pipeline.conditioning(for: "x", negativePrompt: "y", guidanceScale: 8.5)
    #expect(conditioning.hiddenStates.shape[0] == 1)
  }
}
