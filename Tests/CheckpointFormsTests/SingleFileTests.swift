import CheckpointForms
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing

/// A single file has the weights of the folder that it came from, and makes its pictures, bit by bit.
///
/// That the miniatures are what diffusers takes for such files, `Tests/Reference/single_files.py` has made sure.
@Suite struct SingleFileTests {
  typealias Version = SingleFileFixture.Version

  @Test(arguments: Version.allCases)
  func `every tensor is that of the folder`(version: Version) throws {
    let miniature = try Miniature(version)
    try miniature.writeFile()
    let files = try miniature.openFile().files
    for model in miniature.fixture.models {
      expectEqual(try weights(files, model), try miniature.fixture.weights(model), "\(version) \(model)")
    }
  }

  @Test(arguments: [Version.sd2], [SafetensorsWriter.ElementType.f16, .bf16])
  func `half-precision tensors stay as they are stored`(
    version: Version, type: SafetensorsWriter.ElementType
  ) throws {
    let miniature = try Miniature(version)
    try miniature.writeFile(type: type)
    try miniature.writeFolder(type: type)
    let (file, folder) = (try miniature.openFile().files, try ModelDirectory(miniature.folder))
    for model in miniature.fixture.models {
      expectEqual(try weights(file, model), try weights(folder, model), "\(type) \(model)")
    }
    // Of both text encoders no more is mapped than is theirs.
    let mapped = try miniature.fixture.models.map { try file.component($0).tensors().mappedBytes }
    let size = try #require(miniature.file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
    #expect(mapped.allSatisfy { $0 > 0 } && mapped.reduce(0, +) <= size + mapped.count)
  }

  /// What tensors cannot show is the same for all models of a family, or has no effect.
  @Test(arguments: Version.allCases)
  func `the configurations are those of the folder`(version: Version) throws {
    let miniature = try Miniature(version)
    try miniature.writeFile()
    let files = try miniature.openFile().files
    let names =
      miniature.fixture.models.map { ($0, "config.json") } + [("scheduler", "scheduler_config.json")]
    for (part, name) in names {
      let data = try files.component(part).data(name)
      let found = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let expected = try miniature.fixture.configuration(part)
      #expect(found.count > 5)
      for (field, value) in found.sorted(by: { $0.key < $1.key }) {
        // Where texts end: by the largest id, or by that id's name.
        guard field != "eos_token_id", let other = expected[field] else { continue }
        #expect(Self.levels(value) == Self.levels(other), "\(version) \(part) \(field)")
      }
    }
    try miniature.writeFolder()
    #expect(
      try UNet2DConditionModel.Configuration(files.component("unet"))
        == UNet2DConditionModel.Configuration(ModelDirectory(miniature.folder).component("unet")))
  }

  /// A value for all levels is the same value for each.
  private static func levels(_ value: Any) -> NSObject {
    guard let list = value as? [NSObject], let first = list.first, list.allSatisfy({ $0 == first }) else {
      return value as? NSObject ?? NSNull()
    }
    return first
  }

  @Test(arguments: Version.allCases, [SafetensorsWriter.ElementType.f32, .f16])
  func `pictures are those of the folder`(version: Version, type: SafetensorsWriter.ElementType) throws {
    let miniature = try Miniature(version)
    try miniature.writeFile(type: type)
    try miniature.writeFolder(type: type)
    let expected = try picture(ModelDirectory(miniature.folder))
    #expect(Set(expected.pixels).count > 20)
    #expect(try picture(miniature.openFile().files) == expected)
    #expect(try picture(miniature.open(CheckpointLocation(path: miniature.folder.path)).files) == expected)
  }

  @Test func `averaged weights are taken when they are wanted, which is said`() throws {
    let miniature = try Miniature(.sd1)
    try miniature.writeFile { tensors in tensors.merge(miniature.fixture.averaged(tensors)) { $1 } }
    let (plain, averaged) = (try miniature.openFile(), try miniature.openFile { $0.usesEMA = true })
    let expected = try miniature.fixture.weights("unet")
    expectEqual(try weights(plain.files, "unet"), expected, "plain")
    expectEqual(try weights(averaged.files, "unet"), expected.mapValues { $0 * 0.5 }, "averaged")
    expectEqual(try weights(averaged.files, "vae"), try miniature.fixture.weights("vae"), "VAE")
    #expect(plain.notes.contains("single.safetensors: its averaged weights (EMA) are not used"))
    #expect(averaged.notes.contains { $0.hasSuffix("the averaged weights (EMA) are used") })
    try miniature.writeFile()
    var location = CheckpointLocation(path: miniature.file.path)
    location.usesEMA = true
    #expect(try miniature.error(location).contains("has no averaged weights (model_ema.*)"))
  }

  @Test func `a fingerprint is of what is loaded`() throws {
    let miniature = try Miniature(.sd1)
    func fingerprint(_ change: (inout CheckpointLocation) -> Void = { _ in }) throws -> String {
      try DiffusionPipeline(miniature.openFile(change).files).fingerprint
    }
    try miniature.writeFile { $0.merge(miniature.fixture.averaged($0)) { $1 } }
    let plain = try fingerprint()
    #expect(try fingerprint() == plain)
    #expect(try fingerprint { $0.usesEMA = true } != plain)
    let scheduler = miniature.place.url.appendingPathComponent("config/scheduler")
    try FileManager.default.createDirectory(at: scheduler, withIntermediateDirectories: true)
    try Data(#"{"_class_name": "DDIMScheduler", "prediction_type": "v_prediction"}"#.utf8)
      .write(to: scheduler.appendingPathComponent("scheduler_config.json"))
    #expect(try fingerprint { $0.configuration = scheduler.deletingLastPathComponent().path } != plain)
    try miniature.writeFile { $0["model.diffusion_model.out.2.bias"] = Tensor([1, 2, 3, 4], shape: [4]) }
    #expect(try fingerprint() != plain)
  }

  @Test func `older and rewritten text encoders are read as well`() throws {
    // transformers once had no outermost name.
    let first = try Miniature(.sd1)
    try first.writeFile { tensors in
      tensors = Dictionary(
        uniqueKeysWithValues: tensors.map {
          ($0.replacing("transformer.text_model.", with: "transformer."), $1)
        })
    }
    let expected = try first.fixture.weights("text_encoder")
    expectEqual(try weights(first.openFile().files, "text_encoder"), expected, "older")
    // What diffusers has written back lacks the last layer already.
    let second = try Miniature(.sd2)
    try second.writeFile { tensors in
      tensors = tensors.filter { !$0.key.contains(".resblocks.23.") && !$0.key.hasSuffix("text_projection") }
    }
    let tower = try second.fixture.weights("text_encoder")
    expectEqual(try weights(second.openFile().files, "text_encoder"), tower, "written back")
  }

  @Test func `tensors that belong nowhere are said, or refused`() throws {
    let miniature = try Miniature(.sd1)
    let one = Tensor([1], shape: [1])
    try miniature.writeFile { tensors in
      for name in ["betas", "cond_stage_model.logit_scale", "first_stage_model.loss.logvar"] {
        tensors[name] = one
      }
    }
    #expect(try miniature.openFile().notes.allSatisfy { !$0.contains("left out") })
    _ = try picture(miniature.openFile().files)
    try miniature.writeFile { $0["watermark.key"] = one }
    #expect(
      try miniature.openFile().notes.contains(
        "single.safetensors: 1 tensors that belong to no part are left out, the first is 'watermark.key'"))
    let strange = "model.diffusion_model.input_blocks.1.0.adapter.weight"
    try miniature.writeFile { $0[strange] = one }
    let error = try #require(throws: CheckpointError.self) {
      try DiffusionPipeline(miniature.openFile().files)
    }
    #expect(error == .unusedTensors(path: miniature.file.path, keys: [strange]))
  }

  @Test func `missing tensors and other shapes are named as the file has them`() throws {
    let miniature = try Miniature(.sd1)
    let key = "model.diffusion_model.input_blocks.1.0.out_layers.3.bias"
    try miniature.writeFile { $0[key] = Tensor([1], shape: [1]) }
    #expect(
      throws: CheckpointError.wrongShape(path: miniature.file.path, key: key, expected: [32], found: [1])
    ) {
      try DiffusionPipeline(miniature.openFile().files)
    }
    try miniature.writeFile { $0[key] = nil }
    let missing = try #require(throws: CheckpointError.self) {
      try DiffusionPipeline(miniature.openFile().files)
    }
    #expect(missing.description.contains("'down_blocks.0.resnets.0.conv2.bias' [32] is missing"))
    let first = "model.diffusion_model.input_blocks.0.0.weight"
    try miniature.writeFile { $0[first] = Tensor(zeros: [32, 9, 3, 3]) }
    let inpainting = try #require(throws: CheckpointError.self) {
      try DiffusionPipeline(miniature.openFile().files)
    }
    #expect(inpainting.description.contains("models for inpainting or editing are not supported"))
    try miniature.writeFile { $0[first] = nil }
    let location = CheckpointLocation(path: miniature.file.path)
    #expect(try miniature.error(location).contains("has no tensor 'conv_in.weight' (in diffusers' naming)"))
    try miniature.writeFile()
    let whole = try Data(contentsOf: miniature.file)
    try whole.prefix(whole.count / 2).write(to: miniature.file)
    #expect(try miniature.error(location).contains("truncated: the header describes"))
  }
}
