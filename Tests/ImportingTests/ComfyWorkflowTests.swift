import Pictures
import Testing
import TokenMerging
import Workflows

@testable import Importing

@Suite struct ComfyWorkflowTests {
  /// As ComfyUI's default workflow is exported, with the node that merges between loader and sampler.
  private static let merged = """
    {"3": {"class_type": "KSampler", "inputs": {"seed": 156680208700286, "steps": 20, "cfg": 8, "sampler_name": "euler",
      "scheduler": "normal", "denoise": 1, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0],
      "latent_image": ["5", 0]}},
     "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
     "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
     "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "beautiful scenery, \\"glass\\"", "clip": ["4", 1]}},
     "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
     "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
     "10": {"class_type": "TomePatchModel", "inputs": {"model": ["11", 0], "ratio": 0.3}},
     "11": {"class_type": "LoraLoader", "inputs": {"model": ["4", 0], "clip": ["4", 1], "lora_name": "x.safetensors",
      "strength_model": 0.5, "strength_clip": 1}}}
    """

  @Test func `a workflow tells seed, steps, texts, model and merging`() throws {
    let facts = try #require(ComfyWorkflow(Self.merged)?.facts)
    #expect(facts.seed == 156_680_208_700_286 && facts.steps == 20 && facts.guidanceScale == 8)
    #expect(facts.scheduler == "euler" && facts.modelName == "v1-5.safetensors")
    #expect(facts.prompt == "beautiful scenery, \"glass\"" && facts.negativePrompt == "text, watermark")
    #expect(facts.ratio == 0.3 && facts.merging?.variant == .comfyui)
    #expect(facts.settings == ["LoRA x.safetensors": "0.5"] && facts.engine?.name == "comfyui")
  }

  @Test func `without the node nothing is merged`() throws {
    let plain = Self.merged.replacing("[\"10\", 0]", with: "[\"11\", 0]")
    let facts = try #require(ComfyWorkflow(plain)?.facts)
    #expect(facts.ratio == 0 && facts.merging == nil)
  }

  @Test func `values behind other nodes and the parts of a custom sampler are found`() throws {
    let facts = try #require(
      ComfyWorkflow(
        """
        {"1": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["2", 0], "guider": ["3", 0],
           "sampler": ["4", 0], "sigmas": ["5", 0], "latent_image": ["6", 0]}},
         "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": ["9", 0]}},
         "3": {"class_type": "CFGGuider", "inputs": {"model": ["7", 0], "positive": ["8", 0], "negative": ["8", 0], "cfg": 3.5}},
         "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}},
         "5": {"class_type": "BasicScheduler", "inputs": {"model": ["7", 0], "scheduler": "karras", "steps": 12, "denoise": 1}},
         "6": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
         "7": {"class_type": "UNETLoader", "inputs": {"unet_name": "u.safetensors"}},
         "8": {"class_type": "CLIPTextEncode", "inputs": {"text": ["10", 0]}},
         "9": {"class_type": "PrimitiveInt", "inputs": {"value": 77}},
         "10": {"class_type": "PrimitiveString", "inputs": {"value": "a cube"}}}
        """)?.facts)
    #expect(facts.seed == 77 && facts.steps == 12 && facts.guidanceScale == 3.5)
    #expect(facts.scheduler == "dpmsolver++-karras" && facts.prompt == "a cube")
    #expect(facts.modelName == "u.safetensors")
  }

  @Test func `the first pass counts, not the second`() throws {
    let facts = try #require(
      ComfyWorkflow(
        """
        {"1": {"class_type": "KSampler", "inputs": {"seed": 2, "steps": 9, "cfg": 5, "latent_image": ["2", 0]}},
         "2": {"class_type": "LatentUpscale", "inputs": {"samples": ["3", 0]}},
         "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 7, "latent_image": ["4", 0]}},
         "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64}}}
        """)?.facts)
    #expect(facts.seed == 1 && facts.steps == 20)
  }

  @Test(
    arguments: [
      "", "x", "[]", "{}", #"{"1": 5}"#, #"{"1": {"class_type": 3}}"#,
      #"{"1": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["1", 0], "seed": ["1", 0], "latent_image": ["1", 0]}}}"#,
      #"{"1": {"class_type": "KSampler", "inputs": []}}"#,
    ]) func `any text is read without harm, also one whose nodes lead round in a circle`(text: String)
  {
    let facts = ComfyWorkflow(text)?.facts
    #expect(facts?.seed == nil && facts?.prompt == nil)
  }
}
