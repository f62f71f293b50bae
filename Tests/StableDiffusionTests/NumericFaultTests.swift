import CLIPModels
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing

/// Numbers that are not finite are found where they arise, and the part that gave them is named.
@Suite struct NumericFaultTests {
  /// A folder with one weight of one component spoilt.
  private struct Spoilt: ModelFiles {
    let folder: any ModelFiles
    let component: String
    let key: String

    var path: String { folder.path }
    var resident: WeightsResidency { folder.resident }
    func has(_ name: String) -> Bool { folder.has(name) }
    func data(_ name: String) throws(CheckpointError) -> Data { try folder.data(name) }
    func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
      name == component
        ? Spoilt(folder: try folder.component(name), component: "", key: key) : try folder.component(name)
    }
    func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
      component.isEmpty ? Source(whole: try folder.tensors(name), key: key) : try folder.tensors(name)
    }
    func digests(of name: String) throws(CheckpointError) -> [String] { try folder.digests(of: name) }
  }

  private struct Source: TensorSource {
    let whole: any TensorSource
    let key: String

    var path: String { whole.path }
    var keys: [String] { whole.keys }
    var mappedBytes: Int { whole.mappedBytes }
    func shape(of key: String) -> Shape? { whole.shape(of: key) }
    func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
      let tensor = try whole.stored(key, shape)
      guard key == self.key else { return tensor }
      return StoredTensor(Tensor(tensor.widened().values.dropLast() + [.nan], shape: shape))
    }
  }

  private static let folder = PipelineRequestTests.checkpoint.standardizedFileURL

  /// Makes a small picture.
  private func picture(_ component: String, _ key: String, guidanceScale: Double = 2) throws {
    let files = Spoilt(folder: try ModelDirectory(Self.folder), component: component, key: key)
    let pipeline = try DiffusionPipeline(files)
    let options = SamplingOptions(steps: 2, guidanceScale: guidanceScale, width: 32, height: 32)
    let conditioning = try pipeline.conditioning(for: "a red cube", guidanceScale: guidanceScale)
    var last: DenoisingSequence.Step?
    for step in try pipeline.denoise(conditioning, seed: 0, options: options, merging: nil) {
      if case .part(let error) = step.fault { throw error }
      last = step
    }
    _ = try pipeline.decode(#require(last).latents)
  }

  @Test(arguments: [
    ("vae", "decoder.conv_out.bias", "VAE decoder"), ("vae", "decoder.conv_in.weight", "VAE decoder"),
    ("text_encoder", "final_layer_norm.bias", "text encoder"), ("unet", "conv_in.weight", "UNet"),
    ("unet", "mid_block.resnets.0.conv1.weight", "UNet"),
  ])
  func `weights that are no numbers`(component: String, key: String, part: String) throws {
    let prefix = component == "text_encoder" ? "text_model." : ""
    let keys = try ModelDirectory(Self.folder).component(component).tensors().keys
    let key = keys.contains(key) ? key : prefix + key
    try #require(keys.contains(key))
    let error = #expect(throws: NotFiniteError(part: part)) { try picture(component, key) }
    #expect(error?.description.contains("the \(part) gave values that are not finite numbers") == true)
  }

  @Test func `too much guidance is told from a model's own fault`() throws {
    let scale = 1e300
    let pipeline = try PipelineRequestTests.pipeline.get()
    let options = SamplingOptions(steps: 3, guidanceScale: scale, width: 32, height: 32)
    let conditioning = try pipeline.conditioning(for: "a red cube", guidanceScale: scale)
    let steps = Array(try pipeline.denoise(conditioning, seed: 0, options: options, merging: nil))
    #expect(steps.map(\.fault) == [.guidance, .guidance, .guidance])
  }

  @Test func `a CLIP whose numbers are useless gives no embeddings`() throws {
    let clip = try ModelDirectory(Self.folder).component("clip")
    let image = RGBImage(width: 112, height: 112, pixels: [UInt8](repeating: 99, count: 112 * 112 * 3))
    let text = try CLIPModel(Spoilt(folder: clip, component: "", key: "text_projection.weight"))
    #expect(throws: NotFiniteError(part: "CLIP text encoder")) { try text.embed(text: "a red cube") }
    #expect(throws: Never.self) { try text.embed(image: image) }
    let vision = try CLIPModel(Spoilt(folder: clip, component: "", key: "visual_projection.weight"))
    #expect(throws: NotFiniteError(part: "CLIP image encoder")) { try vision.embed(image: image) }
  }

  @Test(arguments: SafetensorsWriter.ElementType.allCases, [Float.nan, .infinity, -.infinity])
  func `a weight that is no number is found among many, in every format`(
    type: SafetensorsWriter.ElementType, value: Float
  ) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("model.safetensors")
    var values = [Float](repeating: 65_504, count: 200_001)
    values[7] = -65_504
    try SafetensorsWriter.write([("a", Tensor(values, shape: [200_001]))], type: type, to: url)
    #expect(try SafetensorsFile(url).firstNotFinite == nil)
    for place in [0, 65_535, 200_000] {
      var spoilt = values
      spoilt[place] = value
      try SafetensorsWriter.write(
        [("a", Tensor(values, shape: [200_001])), ("b", Tensor(spoilt, shape: [200_001]))], type: type,
        to: url)
      #expect(try SafetensorsFile(url).firstNotFinite == "b")
    }
  }
}
