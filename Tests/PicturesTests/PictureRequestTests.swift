import Foundation
import Pictures
import Testing
import TokenMerging

let exampleSampling = Sampling(steps: 2, guidanceScale: 4, width: 128, height: 128, scheduler: "ddim")
let exampleRequest = PictureRequest(
  PictureRecipe(
    model: ModelReference(fingerprint: "0123456789abcdef"), sampling: exampleSampling,
    merging: MergingOptions(ratio: 0.5)), prompt: "a red cube", seed: 7)

extension Framing? {
  /// Of a picture of the example's size.
  fileprivate static func of128(
    original: (width: Int, height: Int)? = nil, crop: (left: Int, top: Int)? = nil
  ) -> Framing? {
    Framing(original: original, crop: crop, width: 128, height: 128)
  }
}

/// A second pass over the example, with its merging.
private func addSecondPass(
  to request: inout PictureRequest, steps: Int? = nil, strength: Double = 0.5,
  upscaler: UpscalerName = .latent
) {
  request.recipe.sampling.hires = HiresPass(
    scale: 2, width: 256, height: 256, steps: steps, strength: strength, upscaler: upscaler)
  request.recipe.hiresMerging = request.recipe.merging
}

@Suite struct PictureRequestTests {
  /// One change of everything that decides pixels.
  static let changes: [(field: PictureField, change: @Sendable (inout PictureRequest) -> Void)] = [
    (.model, { $0.recipe.model.fingerprint = "x" }),
    (.model, { $0.recipe.model.adapters = [.init(fingerprint: "lora", scale: 0.8)] }),
    (.model, { $0.recipe.model.words = [.init(token: "<cat>", fingerprint: "word")] }),
    (.prompt, { $0.prompt = "a red cubes" }), (.seed, { $0.seed = 8 }),
    (.seed, { $0.seed = 9_223_372_036_854_775_808 }), (.seed, { $0.seed = 18_446_744_073_709_551_615 }),
    (.negativePrompt, { $0.recipe.sampling.negativePrompt = "x" }),
    (.steps, { $0.recipe.sampling.steps = 3 }),
    (.guidanceScale, { $0.recipe.sampling.guidanceScale = 4.000_000_001 }),
    (.size, { $0.recipe.sampling.width = 64 }), (.size, { $0.recipe.sampling.height = 64 }),
    (.originalSize, { $0.recipe.sampling.framing = .of128(original: (96, 128)) }),
    (.originalSize, { $0.recipe.sampling.framing = .of128(original: (128, 1024)) }),
    (.crop, { $0.recipe.sampling.framing = .of128(crop: (64, 0)) }),
    (.crop, { $0.recipe.sampling.framing = .of128(crop: (0, 64)) }),
    (.scheduler, { $0.recipe.sampling.scheduler = "euler" }),
    (.eta, { $0.recipe.sampling.eta = 0.3 }),
    (.attention, { $0.recipe.sampling.attention = "plain" }),
    (.precision, { $0.recipe.sampling.precision = "bf16" }),
    (.clipSkip, { $0.recipe.sampling.clipSkip = 1 }), (.clipSkip, { $0.recipe.sampling.clipSkip = 2 }),
    (.initImage, { $0.recipe.sampling.initImage = InitImage(hash: "picture", strength: 0.6) }),
    (.initImage, { $0.recipe.sampling.initImage = InitImage(hash: "picture", strength: 0.7) }),
    (.initImage, { $0.recipe.sampling.initImage = InitImage(hash: "another", strength: 0.6) }),
    (.hires, { addSecondPass(to: &$0) }), (.hires, { addSecondPass(to: &$0, steps: 7) }),
    (.hires, { addSecondPass(to: &$0, strength: 0.6) }),
    (.hires, { addSecondPass(to: &$0, upscaler: "latent-bicubic") }),
    (.hiresRatio, { $0.recipe.hiresMerging = MergingOptions(ratio: 0.3) }),
    (.promptSyntax, { $0.recipe.sampling.promptSyntax = "webui" }),
    (.ratio, { $0.recipe.merging?.ratio = 0.500_000_001 }), (.sx, { $0.recipe.merging?.sx = 4 }),
    (.sy, { $0.recipe.merging?.sy = 4 }), (.useRand, { $0.recipe.merging?.useRand = false }),
    (.maxDownsample, { $0.recipe.merging?.maxDownsample = 2 }),
    (.mergeAttn, { $0.recipe.merging?.mergeAttn = false }),
    (.mergeCrossattn, { $0.recipe.merging?.mergeCrossattn = true }),
    (.mergeMlp, { $0.recipe.merging?.mergeMlp = true }),
    (.mergeSteps, { $0.recipe.merging?.steps = StepRange(from: 0, to: 0.6) ?? .all }),
    (.mergeVariant, { $0.recipe.merging?.variant = .comfyui }),
  ]

  @Test func `whatever decides the pixels changes the key, and is the one difference`() {
    var keys = [exampleRequest.key]
    for (field, change) in Self.changes {
      var changed = exampleRequest
      change(&changed)
      keys.append(changed.key)
      #expect(changed.differences(from: exampleRequest).map(\.field) == [field])
      let ofRecipe = changed.recipe.differences(from: exampleRequest.recipe).map(\.field)
      #expect(ofRecipe == ([.prompt, .seed].contains(field) ? [] : [field]))
    }
    #expect(Set(keys).count == Self.changes.count + 1)
    #expect(keys.allSatisfy { $0.count == 64 })
    #expect(Set(Self.changes.map(\.field)) == Set(PictureField.allCases))
    #expect(exampleRequest.differences(from: exampleRequest).isEmpty)
  }

  @Test func `a difference reads as the field with both values`() {
    var other = exampleRequest
    other.recipe.sampling.guidanceScale = 7.5
    other.recipe.merging = nil
    let differences = exampleRequest.differences(from: other)
    #expect(differences.first?.description == "guidance_scale (4, 7.5)")
    #expect(differences.first { $0.field == .sx }?.description == "sx (2, none)")
  }

  @Test func `plain fp32 pictures keep their keys, whatever else becomes possible`() {
    #expect(exampleRequest.key == "fbdbceb80f939a960d5efb1d5e252bd24377601d40189606d936213768cd9584")
    var plain = exampleRequest
    plain.recipe.merging = nil
    #expect(plain.key == "f7422a58587ff5462ef746080f182a3d73d0cb13c2425b2d36ed29a88a09a420")
  }

  @Test func `what an adapter is called decides nothing, and is kept`() throws {
    var (named, other) = (exampleRequest, exampleRequest)
    named.recipe.model.adapters = [.init(name: "style", fingerprint: "lora", scale: 0.8)]
    other.recipe.model.adapters = [.init(name: "other", fingerprint: "lora", scale: 0.8)]
    #expect(named == other && named.key == other.key && named.recipe.key == other.recipe.key)
    #expect(named.recipe.model.id == other.recipe.model.id && named.differences(from: other).isEmpty)
    let back = try JSONDecoder().decode(PictureRequest.self, from: JSONEncoder().encode(named))
    #expect(back.recipe.model.adapters.map(\.name) == ["style"])
    other.recipe.model.adapters[0].scale = 0.7
    #expect(named != other && named.key != other.key)
    // A store has the fingerprint only: it stands for the same model.
    let identity = ModelIdentity(name: "m", reference: named.recipe.model)
    let stored = ModelIdentity(name: "m", fingerprint: identity.fingerprint)
    #expect(identity == stored && stored.reference.id == named.recipe.model.id)
  }

  @Test func `a picture that is all of its photograph is not framed`() {
    #expect(Framing?.of128() == nil)
    #expect(Framing?.of128(original: (128, 128), crop: (0, 0)) == nil)
    var framed = exampleRequest
    framed.recipe.sampling.framing = .of128(original: (256, 96), crop: (3, 5))
    let differences = framed.differences(from: exampleRequest)
    #expect(differences.map(\.description) == ["original_size (256x96, none)", "crop (3,5, none)"])
  }

  @Test func `requests and recipes come back from JSON`() throws {
    for (_, change) in Self.changes {
      var request = exampleRequest
      change(&request)
      let data = try JSONEncoder().encode(request)
      #expect(try JSONDecoder().decode(PictureRequest.self, from: data) == request)
      let recipe = try JSONDecoder().decode(PictureRecipe.self, from: JSONEncoder().encode(request.recipe))
      #expect(recipe == request.recipe && recipe.key == request.recipe.key)
    }
  }

  @Test(arguments: MergeVariant.allCases)
  func `merging options come back from JSON, with their rule`(variant: MergeVariant) throws {
    let options = MergingOptions(ratio: 0.4, sx: 3, mergeMlp: true, variant: variant)
    let data = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(MergingOptions.self, from: data) == options)
    #expect(String(decoding: data, as: UTF8.self).contains("variant") == (variant != .tomesd))
  }
}
