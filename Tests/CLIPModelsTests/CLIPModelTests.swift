import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import CLIPModels

struct ScoreSettings: Decodable {
  let prompts: [String]
  let pictures: [[Int]]
}

@Suite(.everyProductBackend) struct `CLIP equals transformers'` {
  private struct Preprocessing: Decodable { let preprocessor: String }

  /// The model of a fixture as a whole folder: weights, tokenizer, preprocessing.
  private func folder(_ fixture: Fixture) throws -> TemporaryFolder {
    let folder = try TokenizerFolder.openAI(with: [:])
    try fixture.writeModel("clip", to: folder.url, weightsName: "model.safetensors")
    try Data(fixture.settings(Preprocessing.self).preprocessor.utf8)
      .write(to: folder.url.appendingPathComponent("preprocessor_config.json"))
    return folder
  }

  private func expectEqualScores(_ model: CLIPModel, _ fixture: Fixture) throws {
    let settings = try fixture.settings(ScoreSettings.self)
    let texts = try settings.prompts.map(model.embed(text:))
    let images = try settings.pictures.enumerated().map { index, size in
      try model.embed(image: picture("picture.\(index)", width: size[0], height: size[1]))
    }
    func stacked(_ rows: [[Float]]) -> Tensor {
      Tensor(rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0])
    }
    expectClose(stacked(texts), try fixture.expected("text_embeddings"), relative: 1e-5)
    expectClose(stacked(images), try fixture.expected("image_embeddings"), relative: 1e-5)
    let scores = texts.flatMap { text in images.map { CLIPModel.score(text, $0) } }
    for (ours, reference) in zip(scores, try fixture.expected("scores").values) {
      #expect(abs(ours - Double(reference)) <= 1e-3)
    }
    let scale = try model.preferenceScale()
    for (ours, reference) in zip(scores, try fixture.expected("preferences").values) {
      #expect(abs(ours / 100 * scale - Double(reference)) <= 1e-4 * scale)
    }
    let similarities = images.flatMap { image in images.map { CLIPModel.score(image, $0) } }
    for (ours, reference) in zip(similarities, try fixture.expected("similarities").values) {
      #expect(abs(ours - Double(reference)) <= 1e-3)
    }
  }

  @Test(arguments: ["model-quick", "model-gelu", "model-openclip-h", "model-openclip-bigg", "model-336"])
  func `vision tower, embeddings and scores`(_ name: String) throws {
    let fixture = try Fixture("CLIP", name)
    let folder = try folder(fixture)
    let model = try CLIPModel(ModelDirectory(folder.url))
    let output = model.visionModel(try fixture.input("input.pixels").channelsLast())
    expectClose(output.lastHiddenState, try fixture.expected("last_hidden_state"), relative: 1e-5)
    expectClose(output.pooled, try fixture.expected("pooled"), relative: 1e-5)
    try expectEqualScores(model, fixture)
  }

  @Test func `the demonstration's scores`() throws {
    let model = try CLIPModel(ModelDirectory(demoCheckpoint.appendingPathComponent("clip")))
    try expectEqualScores(model, try Fixture("CLIP", "demo"))
  }

  @Test func `preprocessing that gives another size is refused`() throws {
    let folder = try folder(try Fixture("CLIP", "model-quick"))
    for settings in [#"{"size": 40, "crop_size": 39}"#, #"{"size": 40, "do_center_crop": false}"#] {
      try Data(settings.utf8).write(to: folder.url.appendingPathComponent("preprocessor_config.json"))
      #expect(throws: CheckpointError.self) { try CLIPModel(ModelDirectory(folder.url)) }
    }
  }

  @Test func `configuration fields that are left out have transformers' defaults`() throws {
    let json =
      #"{"text_config": {"hidden_act": "gelu"}, "text_config_dict": {"vocab_size": 7}, "vision_config": {}}"#
    let files = SyntheticFolder(
      path: "clip", files: ["config.json": Data(json.utf8)], tensors: RandomTensors(seed: 0))
    let configuration = try CLIPConfiguration(files.fields(of: "config.json"))
    #expect(configuration.projectionDim == 512)
    let (text, vision) = (configuration.text, configuration.vision)
    #expect((text.vocabSize, text.maxPositionEmbeddings, text.eosTokenID) == (7, 77, 49407))
    #expect(text.encoder.activation == .quickGELU)
    #expect((text.encoder.hiddenSize, text.encoder.intermediateSize) == (512, 2048))
    #expect((text.encoder.hiddenLayers, text.encoder.attentionHeads) == (12, 8))
    #expect((vision.encoder.hiddenSize, vision.encoder.intermediateSize) == (768, 3072))
    #expect((vision.encoder.hiddenLayers, vision.encoder.attentionHeads) == (12, 12))
    #expect((vision.imageSize, vision.patchSize, vision.channels) == (224, 32, 3))
    #expect(vision.encoder.layerNormEpsilon == 1e-5)
  }
}
