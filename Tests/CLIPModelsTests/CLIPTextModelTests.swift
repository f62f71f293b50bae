import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import CLIPModels

@Suite(.everyProductBackend) struct `The text encoder equals transformers'` {
  private struct Settings: Decodable { let ids: [[Int]] }

  @Test(arguments: ["text-sd1", "text-sd2", "text-short"])
  func `hidden states and pooling`(_ name: String) throws {
    let fixture = try Fixture("CLIP", name)
    let (directory, folder) = try fixture.temporaryModel("text_encoder")
    defer { withExtendedLifetime(folder) {} }
    let output = try CLIPTextModel(directory)(try fixture.settings(Settings.self).ids)
    expectClose(output.lastHiddenState, try fixture.expected("last_hidden_state"), relative: 1e-5)
    expectClose(output.pooled, try fixture.expected("pooled"), relative: 1e-5)
  }

  /// SDXL's second encoder, which ends in a projection.
  @Test func `penultimate states and projected texts`() throws {
    let fixture = try Fixture("CLIP", "text-sdxl")
    let (directory, folder) = try fixture.temporaryModel("text_encoder")
    defer { withExtendedLifetime(folder) {} }
    let model = try CLIPTextModelWithProjection(directory)
    let output = model(try fixture.settings(Settings.self).ids)
    expectClose(
      output.penultimateHiddenState, try fixture.expected("penultimate_hidden_state"), relative: 1e-5)
    expectClose(output.pooled, try fixture.expected("text_embeds"), relative: 1e-5)
    // Without its head it is an ordinary text encoder.
    let plain = try CLIPTextModel(directory)(try fixture.settings(Settings.self).ids)
    #expect(plain.penultimateHiddenState.values == output.penultimateHiddenState.values)
    #expect(plain.pooled.shape.last != output.pooled.shape.last)
  }

  @Test func `the demonstration checkpoint's own`() throws {
    let fixture = try Fixture("CLIP", "demo")
    let prompts = try fixture.settings(ScoreSettings.self).prompts.prefix(2)
    let tokenizer = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo))
    let model = try CLIPTextModel(ModelDirectory(demoCheckpoint.appendingPathComponent("text_encoder")))
    try model.requireFits(tokenizer)
    expectClose(
      model(prompts.map(tokenizer.encode)).lastHiddenState, try fixture.expected("text_encoder"),
      relative: 1e-5)
  }

  @Test func `a text does not depend on the others of its batch`() throws {
    let fixture = try Fixture("CLIP", "text-sd2")
    let (directory, folder) = try fixture.temporaryModel("text_encoder")
    defer { withExtendedLifetime(folder) {} }
    let model = try CLIPTextModel(directory)
    let ids = try fixture.settings(Settings.self).ids
    let together = model(ids).lastHiddenState
    for (index, text) in ids.enumerated() {
      expectClose(model([text]).lastHiddenState, together.slice(index..<index + 1), relative: 1e-6)
    }
  }
}

@Suite struct `Text encoder folders` {
  /// Copies the folder of a fixture's model, with changed fields in its config.json.
  private func error(changing changes: [String: Any], addingTensor extra: String? = nil) throws
    -> CheckpointError?
  {
    let fixture = try Fixture("CLIP", "text-short")
    let (directory, folder) = try fixture.temporaryModel("text_encoder")
    defer { withExtendedLifetime(folder) {} }
    let config = folder.url.appendingPathComponent("config.json")
    var json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: config)) as? [String: Any])
    json.merge(changes) { _, new in new }
    try JSONSerialization.data(withJSONObject: json).write(to: config)
    if let extra {
      let name = "diffusion_pytorch_model.safetensors"
      let file = try SafetensorsFile(folder.url.appendingPathComponent(name))
      var tensors = try file.entries.keys.map { (name: $0, tensor: try file.tensor($0)) }
      tensors.append((name: extra, tensor: Tensor([0, 1], shape: [2])))
      try SafetensorsWriter.write(tensors, to: folder.url.appendingPathComponent("model.safetensors"))
      try FileManager.default.removeItem(at: folder.url.appendingPathComponent(name))
    }
    do throws(CheckpointError) {
      _ = try CLIPTextModel(directory)
      return nil
    } catch {
      return error
    }
  }

  @Test func `an unknown activation is named`() throws {
    let error = try #require(try error(changing: ["hidden_act": "swish"]))
    #expect(
      error.description.contains(
        "config.json: 'hidden_act': is \"swish\", expected \"quick_gelu\" or \"gelu\""))
  }

  @Test func `heads must divide the width`() throws {
    let error = try #require(try error(changing: ["num_attention_heads": 5]))
    #expect(error.description.contains("num_attention_heads"))
  }

  @Test func `one layer too many is a missing tensor`() throws {
    guard case .missingTensor(_, let key, _) = try error(changing: ["num_hidden_layers": 3]) else {
      Issue.record("no tensor was missed")
      return
    }
    #expect(key.hasPrefix("encoder.layers.2."))
  }

  @Test func `one layer too few leaves tensors over`() throws {
    guard case .unusedTensors(_, let keys) = try error(changing: ["num_hidden_layers": 1]) else {
      Issue.record("no tensor was left over")
      return
    }
    #expect(keys.allSatisfy { $0.hasPrefix("encoder.layers.1.") })
  }

  @Test func `position ids of older checkpoints are passed over`() throws {
    #expect(try error(changing: [:], addingTensor: "embeddings.position_ids") == nil)
    #expect(try error(changing: [:], addingTensor: "embeddings.something") != nil)
  }

  @Test func `a tokenizer with more tokens than the model is refused`() throws {
    let (directory, folder) = try Fixture("CLIP", "text-sd1").temporaryModel("text_encoder")
    defer { withExtendedLifetime(folder) {} }
    let model = try CLIPTextModel(directory)
    let tokenizer = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo))
    let error = #expect(throws: CheckpointError.self) { try model.requireFits(tokenizer) }
    #expect(error?.description.contains("/config.json: 'vocab_size'") == true)
  }
}
