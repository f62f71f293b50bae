import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import CheckpointForms

/// LoRA files of every naming, what they change, and what is refused.
@Suite struct LoRATests {
  private let miniature: Miniature
  private var file: URL { miniature.place.url.appendingPathComponent("style.safetensors") }

  init() throws {
    miniature = try Miniature(.sd1)
    try miniature.writeFolder()
  }

  private func open(_ choices: [LoRAChoice], in folder: URL? = nil) throws(CheckpointError) -> OpenCheckpoint
  {
    try miniature.open(CheckpointLocation(path: (folder ?? miniature.folder).path, loras: choices))
  }

  private func write(_ tensors: [String: Tensor], metadata: [String: String] = [:]) throws {
    try SafetensorsWriter.write(tensors, to: file, metadata: metadata)
  }

  private func error(_ tensors: [String: Tensor], metadata: [String: String] = [:]) throws -> String {
    try write(tensors, metadata: metadata)
    return try #require(throws: CheckpointError.self) { try open([LoRAChoice(path: file.path)]) }.description
  }

  private func factor(_ name: String, _ shape: [Int]) -> Tensor {
    SyntheticTensor(shape: shape).tensor(named: name)
  }

  /// `up · down` of matrices, in double precision.
  private func product(_ up: Tensor, _ down: Tensor, scale: Double) -> [Double] {
    let (outputs, rank, inputs) = (up.shape[0], up.shape[1], down.shape[1])
    let (up, down) = (up.values, down.values)
    return (0..<outputs * inputs).map { index in
      (0..<rank).reduce(0.0) { sum, inner in
        sum + Double(up[index / inputs * rank + inner]) * Double(down[inner * inputs + index % inputs])
      } * scale
    }
  }

  private func tensor(_ files: any ModelFiles, _ part: String, _ key: String) throws -> StoredTensor {
    let tensors = try files.component(part).tensors()
    return try tensors.stored(key, try #require(tensors.shape(of: key)))
  }

  private static let query = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"

  @Test(arguments: [
    ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", "lora_down", "lora_up"),
    ("lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q", "lora_down", "lora_up"),
    ("unet.\(query)", "lora_A", "lora_B"), ("unet.\(query)", "lora.down", "lora.up"),
    (query, "lora_A", "lora_B"), ("unet.base_model.model.\(query)", "lora_A", "lora_B"),
    ("unet.\(query)", "lora_A.default", "lora_B.default"),
    ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora", "down", "up"),
  ])
  func `a layer of the UNet has many names`(layer: String, down: String, up: String) throws {
    let (a, b) = (factor("a", [3, 32]), factor("b", [32, 3]))
    try write(["\(layer).\(down).weight": a, "\(layer).\(up).weight": b])
    let (plain, adapted) = (try open([]), try open([LoRAChoice(path: file.path, scale: 0.5)]))
    let key = Self.query + ".weight"
    let base = try tensor(plain.files, "unet", key).widened().values
    let found = try tensor(adapted.files, "unet", key).widened().values
    for ((found, base), change) in zip(zip(found, base), product(b, a, scale: 0.5)) {
      #expect(abs(Double(found) - Double(base) - change) < 1e-6)
    }
    // Nothing else is touched, nor copied.
    #expect(try weights(adapted.files, "vae").count == weights(plain.files, "vae").count)
    let (before, after) = (try weights(plain.files, "unet"), try weights(adapted.files, "unet"))
    #expect(before.filter { $0.value.values != after[$0.key]?.values }.map(\.key) == [key])
    #expect(adapted.loras.map(\.name) == ["style"] && adapted.loras.map(\.scale) == [0.5])
    #expect(adapted.notes.last == "LoRA style: 1 layers of unet, rank 3, scale 0.5")
  }

  @Test(arguments: [
    ("lora_te_text_model_encoder_layers_1_self_attn_q_proj", "lora_down", "lora_up"),
    ("lora_te1_text_model_encoder_layers_1_self_attn_q_proj", "lora_down", "lora_up"),
    ("text_encoder.text_model.encoder.layers.1.self_attn.q_proj", "lora_A", "lora_B"),
    ("text_encoder.encoder.layers.1.self_attn.q_proj", "lora_linear_layer.down", "lora_linear_layer.up"),
    ("text_encoder.text_model.encoder.layers.1.self_attn.to_q_lora", "down", "up"),
    ("text_model.encoder.layers.1.self_attn.q_proj", "lora_A", "lora_B"),
  ])
  func `a layer of the text encoder has many names`(layer: String, down: String, up: String) throws {
    try write([
      "\(layer).\(down).weight": factor("a", [2, 128]), "\(layer).\(up).weight": factor("b", [128, 2]),
    ])
    let (before, after) = (
      try weights(open([]).files, "text_encoder"),
      try weights(open([LoRAChoice(path: file.path)]).files, "text_encoder")
    )
    let changed = before.filter { $0.value.values != after[$0.key]?.values }.map(\.key)
    #expect(changed.count == 1 && changed[0].hasSuffix("encoder.layers.1.self_attn.q_proj.weight"))
  }

  @Test func `alpha over rank scales, layer by layer, and LoRAs add up`() throws {
    let layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_"
    let (a, b) = (factor("a", [4, 32]), factor("b", [32, 4]))
    let (c, d) = (factor("c", [2, 32]), factor("d", [32, 2]))
    try write([
      "\(layer)q.lora_down.weight": a, "\(layer)q.lora_up.weight": b,
      "\(layer)q.alpha": Tensor([1], shape: []),
      "\(layer)k.lora_down.weight": c, "\(layer)k.lora_up.weight": d,
      "\(layer)k.alpha": Tensor([6], shape: [1]),
    ])
    let choices = [LoRAChoice(path: file.path, scale: 0.8), LoRAChoice(path: file.path, scale: -0.3)]
    let (plain, adapted) = (try open([]), try open(choices))
    for (name, up, down, alpha) in [("q", b, a, 0.25), ("k", d, c, 3.0)] {
      let key = String(Self.query.dropLast()) + name + ".weight"
      let base = try tensor(plain.files, "unet", key).widened().values
      let found = try tensor(adapted.files, "unet", key).widened().values
      for ((found, base), change) in zip(zip(found, base), product(up, down, scale: alpha * 0.5)) {
        #expect(abs(Double(found) - Double(base) - change) < 1e-5)
      }
    }
  }

  @Test(arguments: SafetensorsWriter.ElementType.allCases)
  func `the sum is stored as the weights were`(type: SafetensorsWriter.ElementType) throws {
    let folder = miniature.place.url.appendingPathComponent("typed")
    try miniature.fixture.writeFolder(to: folder, type: type)
    let (a, b) = (factor("a", [3, 32]), factor("b", [32, 3]))
    try write(["unet.\(Self.query).lora_A.weight": a, "unet.\(Self.query).lora_B.weight": b])
    let (plain, adapted) = (
      try open([], in: folder), try open([LoRAChoice(path: file.path)], in: folder)
    )
    let key = Self.query + ".weight"
    let base = try tensor(plain.files, "unet", key)
    let found = try tensor(adapted.files, "unet", key)
    #expect(found.halfPrecision == base.halfPrecision && (found.halfPrecision == nil) == (type == .f32))
    let sum = base.widened() + linear(b, weight: StoredTensor(a.transposed()))
    #expect(found.widened().values == StoredTensor(sum, narrowedTo: base.halfPrecision).widened().values)
  }

  @Test func `a third factor is a convolution between the others`() throws {
    let layer = "lora_unet_down_blocks_0_resnets_0_conv1"
    let (down, mid, up) = (
      factor("a", [2, 32, 1, 1]), factor("m", [3, 2, 3, 3]), factor("b", [32, 3, 1, 1])
    )
    try write([
      "\(layer).lora_down.weight": down, "\(layer).lora_mid.weight": mid, "\(layer).lora_up.weight": up,
    ])
    let (plain, adapted) = (try open([]), try open([LoRAChoice(path: file.path)]))
    let key = "down_blocks.0.resnets.0.conv1.weight"
    // What the three do to a picture, one after the other, is what the sum of the weights does.
    let picture = SyntheticTensor(shape: [1, 7, 6, 32]).tensor(named: "picture")
    func convolved(_ x: Tensor, _ weight: StoredTensor, _ kernel: Int) -> Tensor {
      convolution(
        x, weight: weight, bias: nil,
        geometry: ConvolutionGeometry(kernel: kernel, stride: 1, padding: kernel / 2), method: .direct)
    }
    let inner = convolved(
      convolved(convolved(picture, StoredTensor(down), 1), StoredTensor(mid), 3), StoredTensor(up), 1)
    expectClose(
      convolved(picture, try tensor(adapted.files, "unet", key), 3),
      convolved(picture, try tensor(plain.files, "unet", key), 3) + inner)
  }

  @Test func `PEFT says its alpha in the header, or in a file beside`() throws {
    let (a, b) = (factor("a", [4, 32]), factor("b", [32, 4]))
    func scale(_ prefix: String, _ metadata: [String: String] = [:]) throws -> Double {
      try write(
        ["\(prefix)\(Self.query).lora_A.weight": a, "\(prefix)\(Self.query).lora_B.weight": b],
        metadata: metadata)
      let lora = try LoRAFile(file)
      return try lora.scale(lora.layers[0])
    }
    #expect(try scale("unet.") == 1)
    func header(_ text: String) -> [String: String] { ["lora_adapter_metadata": text] }
    #expect(try scale("unet.", header(#"{"unet.r": 4, "unet.lora_alpha": 2}"#)) == 0.5)
    #expect(try scale("unet.", header(#"{"unet.lora_alpha": 2, "unet.use_rslora": true}"#)) == 1)
    #expect(
      try scale(
        "unet.", header(#"{"unet.lora_alpha": 2, "unet.alpha_pattern": {"attn1.to_q": 8, "ttn1.to_q": 3}}"#))
        == 2)
    #expect(try scale("unet.", header(#"{"text_encoder.lora_alpha": 2}"#)) == 1)
    #expect(throws: CheckpointError.self) { try scale("unet.", header("[]")) }
    // Without it nobody knows.
    let missing = #expect(throws: CheckpointError.self) { try scale("base_model.model.") }
    #expect(missing?.description.contains("adapter_config.json: no such file") == true)
    let beside = miniature.place.url.appendingPathComponent("adapter_config.json")
    try Data(#"{"peft_type": "LORA", "lora_alpha": 8, "r": 4}"#.utf8).write(to: beside)
    #expect(try scale("base_model.model.") == 2)
    let fingerprint = try LoRAFile(file).fingerprint
    try Data(#"{"peft_type": "LORA", "lora_alpha": 4, "r": 4}"#.utf8).write(to: beside)
    #expect(try scale("base_model.model.") == 1 && LoRAFile(file).fingerprint != fingerprint)
    try Data(#"{"peft_type": "LOHA"}"#.utf8).write(to: beside)
    #expect(throws: CheckpointError.self) { try scale("base_model.model.") }
  }

  @Test(arguments: [
    ("lora_unet_mid_block_attentions_0_proj_in.hada_w1_a", "a LoHa"), ("lora_te_x.lokr_w1", "a LoKr"),
    ("lora_unet_mid_block_attentions_0_proj_in.dora_scale", "a DoRA"), ("lora_unet_x.oft_blocks", "an OFT"),
    ("unet.mid_block.attentions.0.proj_in.lora_magnitude_vector.weight", "a DoRA"),
    ("lora_unet_x.a1.weight", "a GLoRA"), ("lora_unet_x.diff", "whole differences"),
    ("unet.x.lora_B.bias", "biases"), ("bundle_emb.word.string_to_param.*", "textual inversion in it"),
    ("transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight", "FLUX"),
    ("model.diffusion_model.input_blocks.0.0.weight", "no LoRA of a known form"),
    ("diffusion_model.layers.0.attention.to_q.lora_A.weight", "FLUX"),
  ])
  func `other adapters are called by their names`(key: String, name: String) throws {
    let message = try error([key: factor("x", [4])])
    #expect(
      message.contains(name) && message.contains("'\(key)'") && message.contains(file.path), "\(message)")
  }

  @Test func `a textual inversion is called so`() throws {
    #expect(try error(["clip_g": factor("x", [4])]).contains("a textual inversion, no LoRA"))
  }

  @Test func `what does not fit is named, with what it seems to be for`() throws {
    func pair(_ layer: String, _ down: [Int], _ up: [Int]) -> [String: Tensor] {
      ["\(layer).lora_down.weight": factor("a", down), "\(layer).lora_up.weight": factor("b", up)]
    }
    let wide = try error(
      pair("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", [4, 2048], [32, 4]))
    #expect(wide.contains("a LoRA for Stable Diffusion XL") && wide.contains("the model is"), "\(wide)")
    let block = try error(
      pair("lora_unet_input_blocks_7_1_transformer_blocks_9_attn1_to_q", [4, 32], [32, 4]))
    #expect(block.contains("'lora_unet_input_blocks_7_1_transformer_blocks_9_attn1_to_q.lora_down.weight'"))
    #expect(block.contains("seems to be for Stable Diffusion XL"), "\(block)")
    let second = try error(pair("lora_te2_text_model_encoder_layers_0_mlp_fc1", [4, 128], [256, 4]))
    #expect(second.contains("Stable Diffusion XL"))
    #expect(try error(pair("lora_unet_double_blocks_0_img_attn_proj", [4, 32], [32, 4])).contains("FLUX"))
    #expect(
      try error(pair("lora_unet_down_blocks_0_attentions_5_proj_in", [4, 32], [32, 4])).contains(
        "other blocks"))
    let query = "lora_unet_" + Self.query.replacing(".", with: "_")
    #expect(
      try error(pair(query, [4, 64], [32, 4])).contains("has shape [4, 64], the model's layer needs [4, 32]"))
    #expect(try error(pair(query, [4, 32], [32, 3])).contains("needs [32, 4]"))
    #expect(try error(pair(query, [0, 32], [32, 0])).contains("has shape"))
    #expect(try error(["\(query).lora_up.weight": factor("b", [32, 4])]).contains("lacks its partner"))
    var twice = pair(query, [4, 32], [32, 4])
    for (key, tensor) in pair("unet.\(Self.query)", [4, 32], [32, 4]) { twice[key] = tensor }
    #expect(try error(twice).contains("the same layer as"))
    var doubled = pair(query, [4, 32], [32, 4])
    for (key, tensor) in pair(
      "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q", [4, 32], [32, 4])
    {
      doubled[key] = tensor
    }
    #expect(try error(doubled).contains("under another name"))
    var named = pair(query, [4, 32], [32, 4])
    named["\(query).alpha"] = Tensor([.nan], shape: [])
    #expect(try error(named).contains("is no alpha"))
    #expect(try error([:]).contains("holds no tensors"))
  }

  @Test func `numbers that are none are found where they are added`() throws {
    try write([
      "unet.\(Self.query).lora_A.weight": Tensor([Float](repeating: .infinity, count: 32), shape: [1, 32]),
      "unet.\(Self.query).lora_B.weight": factor("b", [32, 1]),
    ])
    let files = try open([LoRAChoice(path: file.path)]).files
    let error = #expect(throws: CheckpointError.self) { try tensor(files, "unet", Self.query + ".weight") }
    #expect(error?.description.contains("not finite") == true)
  }

  @Test func `damaged and foreign files are refused as everywhere`() throws {
    func message(_ data: Data, _ name: String) throws -> String {
      let file = miniature.place.url.appendingPathComponent(name)
      try data.write(to: file)
      return try #require(throws: CheckpointError.self) { try open([LoRAChoice(path: file.path)]) }
        .description
    }
    try write(["unet.\(Self.query).lora_A.weight": factor("a", [1, 32])])
    #expect(try message(try Data(contentsOf: file).dropLast(8), "cut.safetensors").contains("truncated"))
    #expect(try message(Data("<!DOCTYPE html>".utf8), "page.safetensors").contains("a web page"))
    #expect(try message(Data("PK\u{3}\u{4}0000000000".utf8), "style.pt").contains("a pickle"))
    let gone = #expect(throws: CheckpointError.self) {
      try open([LoRAChoice(path: "/nowhere/style.safetensors")])
    }
    #expect(gone?.description.contains("no such file") == true)
  }

  @Test(arguments: SingleFileFixture.Version.allCases)
  func `layers lead to the training code's names and back`(version: SingleFileFixture.Version) throws {
    let fixture = try SingleFileFixture(version)
    let prefix = "model.diffusion_model."
    let originals = try fixture.tensors().keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
    let forth = UNetNames.rules(originals)
    let named = originals.map { ($0, forth.renamed($0) ?? $0) }
    let back = UNetNames.originalRules(named.map(\.1))
    for (original, name) in named { #expect((back.renamed(name) ?? name) == original, "\(name)") }
    #expect(named.filter { $0.0 != $0.1 }.count > 50)
  }
}
