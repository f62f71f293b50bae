import Foundation
import Pictures
import Testing
import TokenMerging
import Workflows

@testable import Engines

@Suite struct ComfyUITemplateTests {
  private static let plain: String = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Workers/workflow.json")
    return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  }()

  /// With a LoRA and the node that merges between loader and sampler.
  private static let merged = plain.replacing("\"model\": [\"4\", 0]", with: "\"model\": [\"10\", 0]")
    .replacing(
      "\"9\": {",
      with: """
        "10": {"class_type": "TomePatchModel", "inputs": {"model": ["11", 0], "ratio": 0.3}},
        "11": {"class_type": "LoraLoader", "inputs": {"model": ["4", 0], "clip": ["4", 1], "lora_name": "x"}},
        "9": {
        """)

  private func template(_ text: String, _ named: String...) throws -> ComfyUITemplate {
    try ComfyUITemplate(Data(text.utf8), named: try named.map { try ComfyUINode($0) })
  }

  private func workflow(
    _ template: ComfyUITemplate, ratio: Double?, _ change: (inout Sampling) -> Void = { _ in }
  ) throws -> ComfyWorkflow {
    var sampling = try #require(template.own)
    change(&sampling)
    let recipe = PictureRecipe(
      model: ModelReference(fingerprint: "m"), sampling: sampling,
      merging: ratio.map { MergingOptions(ratio: $0, variant: .comfyui) })
    let request = PictureRequest(recipe, prompt: "a (red) cube", seed: 18_446_744_073_709_551_615)
    return try ComfyWorkflow(parsing: template.workflow(request) { LiteralPrompt.forComfyUI($0) })
  }

  @Test func `a workflow says how it samples`() throws {
    let own = try #require(try template(Self.plain).own)
    #expect(own.steps == 4 && own.guidanceScale == 8 && (own.width, own.height) == (64, 48))
    #expect(own.scheduler == "euler" && own.negativePrompt == "text, watermark")
    #expect(try template(Self.plain).checkpoint == "v1-5-pruned-emaonly.safetensors")
  }

  @Test func `the node that merges is put in where it is missing, and left out without merging`() throws {
    let template = try template(Self.plain)
    let baseline = try workflow(template, ratio: nil)
    #expect(baseline.link("3", "model") == "4" && !baseline.has("tome-eval"))
    #expect(baseline.value("3", "seed") as? UInt64 == .max)
    #expect(baseline.value("6", "text") as? String == #"a \(red\) cube"#)
    #expect(baseline.value("7", "text") as? String == "text, watermark")
    let half = try workflow(template, ratio: 0.5)
    #expect(half.link("3", "model") == "tome-eval" && half.link("tome-eval", "model") == "4")
    #expect(half.kind("tome-eval") == "TomePatchModel" && half.value("tome-eval", "ratio") as? Double == 0.5)
    // Ratio 0 through the node is another thing than none.
    #expect(try workflow(template, ratio: 0).value("tome-eval", "ratio") as? Double == 0)
  }

  @Test func `the node that is there is used, and bypassed without merging`() throws {
    let template = try template(Self.merged)
    #expect(try workflow(template, ratio: 0.5).value("10", "ratio") as? Double == 0.5)
    let baseline = try workflow(template, ratio: nil)
    #expect(!baseline.has("10") && baseline.link("3", "model") == "11")
  }

  @Test func `whether the workflow merges does not make it another`() throws {
    let own = try template(Self.plain).fingerprint
    #expect(try template(Self.plain.replacing("1566", with: "7")).fingerprint == own)
    #expect(try template(Self.plain.replacing("scenery", with: "towns")).fingerprint == own)
    #expect(try template(Self.plain.replacing("v1-5", with: "v2-1")).fingerprint != own)
    let unmerged = Self.merged.replacing("[\"10\", 0]", with: "[\"11\", 0]")
      .replacing(
        #""10": {"class_type": "TomePatchModel", "inputs": {"model": ["11", 0], "ratio": 0.3}},"#, with: "")
    #expect(try template(Self.merged).fingerprint == template(unmerged).fingerprint)
  }

  @Test func `what is asked for takes the place of the workflow's own`() throws {
    let workflow = try workflow(template(Self.plain), ratio: nil) { sampling in
      (sampling.steps, sampling.guidanceScale, sampling.scheduler) = (7, 2.5, "dpmsolver++-karras")
      (sampling.width, sampling.height, sampling.negativePrompt) = (128, 96, "blurry (all)")
    }
    #expect(workflow.value("3", "steps") as? Int == 7 && workflow.value("3", "cfg") as? Double == 2.5)
    #expect(workflow.value("3", "sampler_name") as? String == "dpmpp_2m")
    #expect(workflow.value("3", "scheduler") as? String == "karras")
    #expect(workflow.value("5", "width") as? Int == 128 && workflow.value("5", "height") as? Int == 96)
    #expect(workflow.value("7", "text") as? String == #"blurry \(all\)"#)
  }

  @Test func `both text encoders of SDXL are told`() throws {
    let xl = Self.plain.replacing(
      "{\"text\": \"beautiful scenery\"", with: "{\"text_g\": \"beautiful\", \"text_l\": \"scenery\"")
    let template = try template(xl)
    let workflow = try workflow(template, ratio: nil)
    #expect(workflow.value("6", "text_g") as? String == #"a \(red\) cube"#)
    #expect(workflow.value("6", "text_l") as? String == #"a \(red\) cube"#)
    #expect(try self.template(xl.replacing("scenery", with: "towns")).fingerprint == template.fingerprint)
  }

  @Test func `parts of custom samplers and named inputs are found`() throws {
    let custom = """
      {"1": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["2", 0], "guider": ["3", 0],
         "sampler": ["4", 0], "sigmas": ["5", 0], "latent_image": ["6", 0]}},
       "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 5}},
       "3": {"class_type": "CFGGuider", "inputs": {"model": ["7", 0], "positive": ["8", 0], "negative": ["9", 0], "cfg": 3.5}},
       "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}},
       "5": {"class_type": "BasicScheduler", "inputs": {"model": ["7", 0], "scheduler": "karras", "steps": 12, "denoise": 1}},
       "6": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
       "7": {"class_type": "UNETLoader", "inputs": {"unet_name": "u.safetensors"}},
       "8": {"class_type": "CLIPTextEncode", "inputs": {"text": ["10", 0]}},
       "9": {"class_type": "Unknown", "inputs": {"words": "none"}},
       "10": {"class_type": "PrimitiveString", "inputs": {"value": "a cube"}}}
      """
    let template = try template(custom, "negative_prompt=9.inputs.words")
    let workflow = try workflow(template, ratio: 0.5) { $0.negativePrompt = "blurry" }
    #expect(
      workflow.value("2", "noise_seed") as? UInt64 == .max
        && workflow.value("10", "value") as? String == #"a \(red\) cube"#)
    #expect(workflow.value("9", "words") as? String == "blurry")
    // At the guider alone: the scheduler's noise levels depend on no attention.
    #expect(workflow.link("3", "model") == "tome-eval" && workflow.link("5", "model") == "7")
    #expect(template.own?.scheduler == "dpmsolver++-karras" && template.checkpoint == "u.safetensors")
  }

  @Test(arguments: [
    ("KSampler", "Strange", [String](), "--node sampler=NODE"),
    ("\"7\", 0]", "\"6\", 0]", [], "prompt and negative prompt are the same text, 6.inputs.text"),
    ("\"batch_size\": 1", "\"batch_size\": 4", [], "it makes 4 pictures at once"),
    ("\"steps\": 4, ", "", [], "nothing in it is found to be the steps; name it with --node steps="),
    (
      "x", "x", ["seed=99.inputs.seed"],
      "it has no node '99'; there are 3 (KSampler), 4 (CheckpointLoaderSimple)"
    ),
    ("x", "x", ["seed=3.inputs.noise"], "3.inputs.noise is no value there; the node has cfg, denoise"),
    ("x", "x", ["ratio=3.inputs.cfg"], ""),
    ("x", "x", ["ratio=5.inputs.width"], "node 5 gets a model from no other node"),
    (
      "\"9\": {", #""1": {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}, "9": {"#, [],
      "1 (PreviewImage), 9 (SaveImage)"
    ),
  ]) func `what is not found, or found twice, is named`(
    part: String, other: String, named: [String], sentence: String
  ) throws {
    let text = Self.plain.replacing(part, with: other)
    do {
      _ = try ComfyUITemplate(Data(text.utf8), named: try named.map { try ComfyUINode($0) })
      #expect(sentence.isEmpty)
    } catch {
      #expect(!sentence.isEmpty && "\(error)".contains(sentence), "\(error)")
    }
  }

  @Test(arguments: ["seed", "seed=", "seed=3", "seed=3.seed", "seed=.inputs.seed", "foo=3.inputs.seed", ""])
  func `a name that names nothing is refused`(text: String) {
    #expect(throws: ComfyUINodeError.self) { try ComfyUINode(text) }
  }
}
