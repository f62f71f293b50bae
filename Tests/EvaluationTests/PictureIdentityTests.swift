import Evaluation
import Foundation
import ResultStore
import Testing
import TokenMerging

@Suite struct PictureIdentityTests {
  let identity = PictureIdentity(
    modelFingerprint: "0123456789abcdef", prompt: "a red cube", seed: 7, settings: settings(),
    merging: MergingOptions(ratio: 0.5))

  @Test func `whatever decides the pixels changes the key`() {
    let changes: [(inout PictureIdentity) -> Void] = [
      { $0.modelFingerprint = "x" }, { $0.prompt = "a red cubes" }, { $0.negativePrompt = "x" },
      { $0.seed = 8 }, { $0.steps = 3 }, { $0.guidanceScale = 4.5 }, { $0.width = 64 }, { $0.height = 64 },
      { $0.scheduler = "euler" }, { $0.attention = "plain" }, { $0.merging = nil },
      { $0.merging?.ratio = 0.4 }, { $0.merging?.sx = 4 }, { $0.merging?.sy = 4 },
      { $0.merging?.useRand = false }, { $0.merging?.maxDownsample = 2 }, { $0.merging?.mergeAttn = false },
      { $0.merging?.mergeCrossattn = true }, { $0.merging?.mergeMlp = true },
      { $0.merging?.variant = .comfyui }, { $0.dtype = "bf16" },
    ]
    let keys = changes.map { change in
      var changed = identity
      change(&changed)
      return changed.contentKey
    }
    #expect(Set(keys + [identity.contentKey]).count == changes.count + 1)
    #expect(identity.contentKey.count == 64)
    let copy = identity
    #expect(copy.contentKey == identity.contentKey)
  }

  @Test func `plain fp32 pictures keep their keys, whatever else becomes possible`() {
    #expect(identity.contentKey == "fbdbceb80f939a960d5efb1d5e252bd24377601d40189606d936213768cd9584")
    var plain = identity
    plain.merging = nil
    #expect(plain.contentKey == "f7422a58587ff5462ef746080f182a3d73d0cb13c2425b2d36ed29a88a09a420")
  }

  @Test(arguments: MergeVariant.allCases)
  func `merging options come back from JSON, with their rule`(variant: MergeVariant) throws {
    let options = MergingOptions(ratio: 0.4, sx: 3, mergeMlp: true, variant: variant)
    let data = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(MergingOptions.self, from: data) == options)
    #expect(String(decoding: data, as: UTF8.self).contains("variant") == (variant != .tomesd))
  }

  @Test func `bfloat16 is in the settings, in the key and in the PNG`() throws {
    var settings = settings()
    #expect(!String(decoding: try JSONEncoder().encode(settings), as: UTF8.self).contains("precision"))
    settings.precision = "bf16"
    let rough = PictureIdentity(
      modelFingerprint: "0123456789abcdef", prompt: "a red cube", seed: 7, settings: settings,
      merging: MergingOptions(ratio: 0.5))
    #expect(rough.contentKey != identity.contentKey)
    let chunks = PictureMetadata(identity: rough, modelName: "demo").textChunks
    #expect(chunks[0].value.contains("Precision: bf16"))
    #expect(chunks[1].value.contains("\"dtype\":\"bf16\""))
    #expect(!PictureMetadata(identity: identity, modelName: "demo").textChunks[0].value.contains("Precision"))
  }

  @Test func `the parameters chunk names what differs from plain tomesd`() {
    var identity = identity
    identity.merging = MergingOptions(ratio: 0.5, maxDownsample: 2, useRand: false, variant: .webui)
    #expect(
      PictureMetadata(identity: identity, modelName: "demo").textChunks[0].value.contains(
        "Token merging ratio: 0.5, Token merging variant: webui, Token merging max downsample: 2, "
          + "Token merging random: false, Version"))
  }

  @Test func `the parameters chunk reads as the web UI writes it`() {
    var identity = identity
    identity.negativePrompt = "blurry"
    identity.scheduler = "dpmsolver++-karras"
    let chunks = PictureMetadata(identity: identity, modelName: "a, b").textChunks
    #expect(chunks.map(\.key) == ["parameters", "tome-eval"])
    #expect(
      chunks[0].value == """
        a red cube
        Negative prompt: blurry
        Steps: 2, Sampler: DPM++ 2M Karras, CFG scale: 4, Seed: 7, Size: 128x128, Model hash: 0123456789, \
        Model: "a, b", Token merging ratio: 0.5, Version: tome-eval \(toolVersion)
        """)
    identity.negativePrompt = ""
    identity.merging = nil
    let plain = PictureMetadata(identity: identity, modelName: "demo").textChunks[0].value
    #expect(!plain.contains("Negative prompt") && !plain.contains("Token merging"))
    #expect(plain.contains("Model: demo, Version"))
  }

  @Test func `the other chunk is JSON with every merging option`() throws {
    let chunk = PictureMetadata(identity: identity, modelName: "demo").textChunks[1].value
    let object = try #require(try JSONSerialization.jsonObject(with: Data(chunk.utf8)) as? [String: Any])
    let made = try #require(object["identity"] as? [String: Any])
    let merging = try #require(made["merging"] as? [String: Any])
    #expect(made["prompt"] as? String == "a red cube")
    #expect(made["seed"] as? Int == 7)
    #expect(merging["ratio"] as? Double == 0.5)
    #expect(merging["merge_attn"] as? Bool == true)
    #expect(object["model_name"] as? String == "demo")
  }
}
