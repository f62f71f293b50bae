import CLIPModels
import CheckpointForms
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing

/// What a single file does not hold: what it predicts, its tokenizer, sometimes its VAE.
@Suite struct SingleFileChoiceTests {
  private let miniature: Miniature

  init() throws { miniature = try Miniature(.sd2) }

  private func scheduler(_ change: (inout CheckpointLocation) -> Void = { _ in }) throws
    -> ConfigurationFields
  {
    try miniature.openFile(change).files.component("scheduler").fields(of: "scheduler_config.json")
  }

  /// The prediction type and why.
  private func prediction(
    _ metadata: [String: String] = [:], _ tensors: [String: Tensor] = [:]
  ) throws -> (type: String?, note: String) {
    try miniature.writeFile(metadata: metadata) { $0.merge(tensors) { $1 } }
    return (try scheduler().text("prediction_type"), try #require(miniature.openFile().notes.first))
  }

  @Test func `what 2.x predicts is decided by what there is, and that is said`() throws {
    var found = try prediction()
    #expect(found.type == "v_prediction" && found.note.contains("nothing in the file tells it from 2.x-base"))
    found = try prediction([:], ["global_step": Tensor([875_000], shape: [])])
    #expect(found.type == "epsilon" && found.note.contains("as its global_step of 875000 suggests"))
    found = try prediction([:], ["global_step": Tensor([140_000], shape: [1])])
    #expect(found.type == "v_prediction" && found.note.contains("global_step of 140000"))
    found = try prediction(["modelspec.prediction_type": "epsilon"], ["global_step": Tensor([1], shape: [1])])
    #expect(found.type == "epsilon" && found.note.contains("modelspec.prediction_type"))
    found = try prediction(
      ["modelspec.prediction_type": "epsilon"],
      ["v_pred": Tensor([0], shape: [1]), "ztsnr": Tensor([0], shape: [1])])
    #expect(found.type == "v_prediction" && found.note.contains("'v_pred'"))
    #expect(try scheduler().flag("rescale_betas_zero_snr") == true)
    // The size of the pictures goes with it.
    try miniature.writeFile()
    let large = try UNet2DConditionModel.Configuration(miniature.openFile().files.component("unet"))
    #expect(large.pictureSize(scaleFactor: 8) == (768, 768))
    _ = try prediction(["modelspec.prediction_type": "epsilon"])
    let small = try UNet2DConditionModel.Configuration(miniature.openFile().files.component("unet"))
    #expect(small.pictureSize(scaleFactor: 8) == (512, 512))
  }

  @Test func `a folder of configuration files decides before the tensors`() throws {
    try miniature.writeFile()
    let config = miniature.place.url.appendingPathComponent("config")
    func write(_ text: String, _ name: String) throws {
      let file = config.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    func set(_ location: inout CheckpointLocation) { location.configuration = config.path }
    let location = CheckpointLocation(path: miniature.file.path, configuration: config.path)
    #expect(try miniature.error(location).contains("config: no such file"))
    try write("{}", "README.md")
    #expect(try miniature.error(location).contains("has one or more of model_index.json, unet/config.json"))
    try write(
      #"{"_class_name": "PNDMScheduler", "prediction_type": "epsilon"}"#, "scheduler/scheduler_config.json")
    #expect(try scheduler(set).text("prediction_type") == "epsilon")
    #expect(try miniature.openFile(set).notes[0].hasSuffix("what it predicts, the given configuration says"))
    // Only what is given is replaced; what is wrong in it is said of its own file.
    _ = try UNet2DConditionModel.Configuration(miniature.openFile(set).files.component("unet"))
    try write(#"{"act_fn": "relu"}"#, "unet/config.json")
    let error = try #require(throws: CheckpointError.self) {
      try DiffusionPipeline(miniature.openFile(set).files)
    }
    #expect(error.description.hasPrefix(config.path + "/unet/config.json: 'act_fn'"))
    // All of it makes the folder's pictures.
    try miniature.writeFolder()
    let expected = try picture(ModelDirectory(miniature.folder))
    #expect(try picture(miniature.openFile { $0.configuration = miniature.folder.path }.files) == expected)
  }

  @Test func `a tokenizer is looked for beside the file, and in the Hugging Face cache`() throws {
    try miniature.writeFile()
    let beside = miniature.place.url.appendingPathComponent("tokenizer")
    func padding(_ change: (inout CheckpointLocation) -> Void = { _ in }) throws -> Int {
      try CLIPTokenizer(miniature.openFile(change).files.component("tokenizer")).padToken
    }
    // OpenCLIP fills up with zeros, whatever the tokenizer's own settings say.
    #expect(try padding() == 0)
    #expect(
      try miniature.openFile().notes.contains("single.safetensors: the tokenizer is that of \(beside.path)"))
    let elsewhere = miniature.place.url.appendingPathComponent("elsewhere")
    try FileManager.default.moveItem(at: beside, to: elsewhere)
    let location = CheckpointLocation(path: miniature.file.path)
    let error = try #require(throws: CheckpointError.self) { try miniature.open(location) }
    guard case .missingPart(miniature.file.path, "tokenizer", let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(
      reason.hasSuffix(
        "hf download openai/clip-vit-large-patch14 vocab.json merges.txt tokenizer_config.json "
          + "special_tokens_map.json"))
    #expect(try padding { $0.tokenizer = elsewhere.path } == 0)
    #expect(throws: CheckpointError.self) { try miniature.openFile { $0.tokenizer = beside.path } }
    // Of a model in the cache, and of one whose tokenizer is in a folder of its own.
    for (model, inner) in [
      ("openai--clip-vit-large-patch14", ""), ("stabilityai--stable-diffusion-2-1", "/tokenizer"),
    ] {
      let hub = miniature.place.url.appendingPathComponent("hub-\(model)")
      let folder = hub.appendingPathComponent("models--\(model)")
      let snapshot = folder.appendingPathComponent("snapshots/0123abcd\(inner)")
      for place in [folder.appendingPathComponent("refs"), snapshot.deletingLastPathComponent()] {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      }
      try Data("0123abcd".utf8).write(to: folder.appendingPathComponent("refs/main"))
      try FileManager.default.copyItem(at: elsewhere, to: snapshot)
      let opened = try miniature.open(location, environment: ["HF_HUB_CACHE": hub.path])
      #expect(opened.notes.contains("single.safetensors: the tokenizer is that of \(snapshot.path)"))
    }
  }

  @Test func `the first tower of XL fills up otherwise than the second`() throws {
    let xl = try Miniature(.sdxl)
    try xl.writeFile()
    let files = try xl.openFile().files
    let first = try CLIPTokenizer(files.component("tokenizer"))
    #expect(first.padToken == first.endToken)
    #expect(try CLIPTokenizer(files.component("tokenizer_2")).padToken == 0)
    let index = try files.fields(of: "model_index.json")
    #expect(try index.text("_class_name") == "StableDiffusionXLPipeline")
    #expect(index.value("text_encoder_2")?.description.contains("CLIPTextModelWithProjection") == true)
  }

  @Test func `an autoencoder takes the place of the file's own, in whichever form`() throws {
    let prefix = "first_stage_model."
    try miniature.writeFile()
    try miniature.writeFolder()
    let expected = try picture(ModelDirectory(miniature.folder))
    let whole = try miniature.fixture.tensors().filter { $0.key.hasPrefix(prefix) }
    let bare = Dictionary(
      uniqueKeysWithValues: whole.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    let diffusers = try miniature.fixture.weights("vae")
    var places = [miniature.folder.path, miniature.folder.path + "/vae", miniature.file.path]
    for (name, tensors) in [("whole", whole), ("bare", bare), ("diffusers", diffusers)] {
      let file = miniature.place.url.appendingPathComponent("\(name).safetensors")
      try SafetensorsWriter.write(tensors, to: file)
      places.append(file.path)
    }
    try miniature.writeFile { tensors in tensors = tensors.filter { !$0.key.hasPrefix(prefix) } }
    for place in places where place != miniature.file.path {
      #expect(try picture(miniature.openFile { $0.vae = place }.files) == expected, "\(place)")
      let folder = CheckpointLocation(path: miniature.folder.path, vae: place)
      #expect(try picture(miniature.open(folder).files) == expected, "\(place)")
    }
    let error = try #require(throws: CheckpointError.self) { try miniature.openFile() }
    guard case .missingPart(miniature.file.path, "vae", _) = error else {
      Issue.record("\(error)")
      return
    }
    // Another one makes another picture.
    let other = miniature.place.url.appendingPathComponent("other.safetensors")
    try SafetensorsWriter.write(
      bare.merging(["decoder.conv_out.bias": Tensor([1, 0, -1], shape: [3])]) { $1 }, to: other)
    #expect(try picture(miniature.openFile { $0.vae = other.path }.files) != expected)
    let foreign = CheckpointLocation(path: miniature.folder.path, vae: miniature.file.path)
    #expect(try miniature.error(foreign).contains("this is no autoencoder"))
  }

  @Test func `what belongs to folders or to files is refused with the other`() throws {
    try miniature.writeFile()
    try miniature.writeFolder()
    let (file, folder) = (miniature.file.path, miniature.folder.path)
    #expect(try miniature.error(.init(path: file, variant: "fp16")).contains("a single file has no variants"))
    #expect(
      try miniature.error(.init(path: folder, configuration: folder)).contains("has its own configuration"))
    #expect(try miniature.error(.init(path: folder, tokenizer: folder)).contains("has its own tokenizer"))
    #expect(try miniature.error(.init(path: folder, usesEMA: true)).contains("only single files"))
    let models = miniature.place.url.path
    #expect(try miniature.error(.init(path: models)).contains("name the file itself, as in \(file)"))
  }
}
