import Foundation
import Pictures
import Testing
import TokenMerging

@Suite struct PictureMetadataTests {
  func parameters(_ request: PictureRequest, model: String = "demo") -> String {
    PictureMetadata(request: request, modelName: model).textChunks[0].value
  }

  @Test func `what is written is read again, whatever the prompt says`() throws {
    for prompt in [
      "a red cube", "", "two\nlines", "Steps: 20, Sampler: none", "\"quoted\" \\ {\"json\": 1}", "🐻 ein Bär",
      "Negative prompt: in a prompt", "a\r\nb\u{0}c",
    ] {
      for (_, change) in PictureRequestTests.changes {
        var request = exampleRequest
        change(&request)
        (request.prompt, request.recipe.sampling.negativePrompt) = (prompt, prompt)
        let metadata = PictureMetadata(request: request, modelName: "a, \"b\"")
        #expect(try PictureMetadata(textChunks: metadata.textChunks) == metadata)
      }
    }
  }

  @Test func `pictures of other programs say nothing, damaged chunks are an error`() throws {
    #expect(try PictureMetadata(textChunks: [("parameters", "a cube\nSteps: 20")]) == nil)
    #expect(throws: DecodingError.self) { try PictureMetadata(textChunks: [("tome-eval", "{}")]) }
  }

  @Test func `the parameters chunk reads as the web UI writes it`() {
    var request = exampleRequest
    request.recipe.sampling.negativePrompt = "blurry"
    request.recipe.sampling.scheduler = "dpmsolver++-karras"
    #expect(
      parameters(request, model: "a, b") == """
        a red cube
        Negative prompt: blurry
        Steps: 2, Sampler: DPM++ 2M Karras, CFG scale: 4, Seed: 7, Size: 128x128, Model hash: 0123456789, \
        Model: "a, b", Token merging ratio: 0.5, Version: tome-eval \(toolVersion)
        """)
    request.recipe.sampling.negativePrompt = ""
    request.recipe.merging = nil
    let plain = parameters(request)
    #expect(!plain.contains("Negative prompt") && !plain.contains("Token merging"))
    #expect(plain.contains("Model: demo, Version"))
  }

  @Test func `the parameters chunk has a second pass in the web UI's words`() {
    var request = exampleRequest
    request.recipe.sampling.hires = HiresPass(
      scale: 1.5, width: 192, height: 192, steps: 10, strength: 0.5, upscaler: "latent-bicubic")
    request.recipe.hiresMerging = request.recipe.merging
    #expect(
      parameters(request).contains(
        "Size: 128x128, Model hash: 0123456789, Model: demo, Denoising strength: 0.5, Hires upscale: 1.5, "
          + "Hires steps: 10, Hires upscaler: Latent (bicubic), Token merging ratio: 0.5, Version"))
    request.recipe.hiresMerging?.ratio = 0.3
    #expect(parameters(request).contains("Token merging ratio: 0.5, Token merging ratio hr: 0.3, Version"))
    request.recipe.merging = nil
    #expect(parameters(request).contains("Token merging ratio: 0, Token merging ratio hr: 0.3, Version"))
    request.recipe.hiresMerging = nil
    #expect(!parameters(request).contains("Token merging"))
  }

  @Test func `the parameters chunk names what differs from plain tomesd and from fp32`() {
    var request = exampleRequest
    request.recipe.merging = MergingOptions(ratio: 0.5, maxDownsample: 2, useRand: false, variant: .webui)
    #expect(
      parameters(request).contains(
        "Token merging ratio: 0.5, Token merging variant: webui, Token merging max downsample: 2, "
          + "Token merging random: false, Version"))
    #expect(!parameters(request).contains("Precision"))
    request.recipe.sampling.precision = "bf16"
    #expect(parameters(request).contains("Precision: bf16"))
  }

  @Test func `the parameters chunk names what was added to the model, and how prompts are read`() {
    var request = exampleRequest
    request.recipe.model = ModelReference(
      fingerprint: "0123456789abcdef",
      adapters: [
        .init(name: "a style", fingerprint: "1123456789abcdef", scale: 0.8),
        .init(name: "b", fingerprint: "2123456789abcdef", scale: -1),
      ], words: [.init(token: "<cat>", fingerprint: "3123456789abcdef")])
    request.recipe.sampling.clipSkip = 1
    request.recipe.sampling.promptSyntax = "webui"
    let text = parameters(request)
    #expect(text.contains("Model hash: 0123456789, Model: demo"))
    #expect(
      text.contains(
        "Lora hashes: \"a style: 1123456789ab, b: 2123456789ab\", TI hashes: \"<cat>: 3123456789ab\", "
          + "Lora scales: \"a style: 0.8, b: -1\""))
    #expect(text.contains("Clip skip: 2, Prompt syntax: webui, Token merging"))
    #expect(!parameters(exampleRequest).contains("Lora") && !parameters(exampleRequest).contains("skip"))
  }

  @Test func `the other chunk is JSON with every merging option`() throws {
    let chunk = PictureMetadata(request: exampleRequest, modelName: "demo").textChunks[1].value
    let object = try #require(try JSONSerialization.jsonObject(with: Data(chunk.utf8)) as? [String: Any])
    let made = try #require(object["identity"] as? [String: Any])
    let merging = try #require(made["merging"] as? [String: Any])
    #expect(made["prompt"] as? String == "a red cube")
    #expect(made["seed"] as? Int == 7 && made["dtype"] as? String == "fp32")
    #expect(merging["ratio"] as? Double == 0.5)
    #expect(merging["merge_attn"] as? Bool == true)
    #expect(object["model_name"] as? String == "demo")
  }
}

@Suite struct InfotextTests {
  @Test func `the web UI's words lead back to the request`() {
    for (_, change) in PictureRequestTests.changes {
      var request = exampleRequest
      change(&request)
      let infotext = Infotext(
        parsing: PictureMetadata(request: request, modelName: "a: \"b\", c").infotext.text)
      let sampling = request.recipe.sampling
      #expect(infotext.prompt == request.prompt && infotext.negativePrompt == sampling.negativePrompt)
      #expect(infotext.steps == sampling.steps && infotext.guidanceScale == sampling.guidanceScale)
      #expect(infotext.seed == request.seed && infotext.scheduler == sampling.scheduler)
      #expect(infotext.size?.width == sampling.width && infotext.size?.height == sampling.height)
      #expect(infotext.framing == sampling.framing)
      #expect(infotext.precision == sampling.precision && infotext.merging == request.recipe.merging)
      #expect(infotext.clipSkip == sampling.clipSkip && infotext.promptSyntax == sampling.promptSyntax)
      #expect(infotext["Model"] == "a: \"b\", c")
    }
  }

  @Test func `prompts of several lines, unknown keys and quoted values are kept`() {
    let text = """
      a cube
      Steps: many, in a prompt
      Negative prompt: blurry,
      two lines
      Steps: 20, Sampler: DPM++ 3M SDE, Hires prompt: "a, \\"b\\": c\\nd", Token merging ratio: 0.3, Clip skip: 2
      """
    let infotext = Infotext(parsing: text)
    #expect(infotext.prompt == "a cube\nSteps: many, in a prompt")
    #expect(infotext.negativePrompt == "blurry,\ntwo lines")
    #expect(
      infotext.fields.map(\.name) == [
        "Steps", "Sampler", "Hires prompt", "Token merging ratio", "Clip skip",
      ])
    #expect(infotext["Hires prompt"] == "a, \"b\": c\nd" && infotext["Clip skip"] == "2")
    #expect(infotext.scheduler == "DPM++ 3M SDE" && infotext.merging == MergingOptions(ratio: 0.3))
    #expect(Infotext(parsing: infotext.text) == infotext)
  }

  @Test func `lines end as on Windows, too, and accents after a separator do not hide it`() {
    let text = "a\r\nNegative prompt: \u{301}b\r\nSteps: 2, Model: \" x\\\"\u{301}\", Seed: 7\r\n"
    let infotext = Infotext(parsing: text)
    #expect(infotext.prompt == "a" && infotext.negativePrompt == "\u{301}b")
    #expect(infotext.steps == 2 && infotext.seed == 7 && infotext["Model"] == " x\"\u{301}")
    #expect(Infotext(parsing: infotext.text) == infotext)
  }

  @Test(arguments: [
    ("Sampler: DPM++ 2M SDE, Schedule type: Karras", "sde-dpmsolver++-karras"),
    ("Sampler: DPM++ 2M, Schedule type: Automatic", "dpmsolver++-karras"),
    ("Sampler: euler A", "euler-ancestral"),
    ("Sampler: Euler, Schedule type: Uniform", "euler"), ("Sampler: UniPC", "unipc"),
    ("Sampler: DPM++ SDE, Schedule type: Karras", "dpmsolver-sde-karras"),
    ("Sampler: DPM++ SDE", "dpmsolver-sde"),
    ("Sampler: DPM++ 3M SDE, Schedule type: Karras", "DPM++ 3M SDE Karras"),
    ("Sampler: Heun Beta", "heun-beta"),
    ("Sampler: Euler a, Schedule type: Karras", "Euler a Karras"), ("Sampler: tcd", "tcd"),
  ])
  func `samplers are ours where they exist here, with the schedule type`(fields: String, name: String) {
    #expect(Infotext(parsing: "a cube\nSteps: 20, \(fields)").scheduler == SchedulerName(rawValue: name))
  }

  @Test func `eta is the web UI's of the sampler`() {
    var request = exampleRequest
    for (scheduler, field) in [("ddim", "Eta DDIM: 0.3"), ("tcd", "Eta: 0.3")] {
      (request.recipe.sampling.scheduler, request.recipe.sampling.eta) = (
        SchedulerName(rawValue: scheduler), 0.3
      )
      let infotext = PictureMetadata(request: request, modelName: "demo").infotext
      #expect(infotext.text.contains(field) && Infotext(parsing: infotext.text).eta == 0.3)
    }
    request.recipe.sampling.eta = 0
    #expect(!PictureMetadata(request: request, modelName: "demo").infotext.text.contains("Eta"))
  }

  @Test func `texts without fields are prompts, and nonsense is no crash`() {
    #expect(Infotext(parsing: "just a prompt") == Infotext(prompt: "just a prompt", fields: []))
    #expect(Infotext(parsing: "").prompt.isEmpty)
    for text in [
      "Steps: ", "Steps: ,,,", "Steps: \"", "Steps: 1, : , \"a\\", "Negative prompt:", "Steps: 2, Size: axb",
    ] {
      let infotext = Infotext(parsing: text)
      #expect(infotext.size == nil && infotext.merging == nil)
    }
  }
}
