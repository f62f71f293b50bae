import Foundation
import Images
import Pictures
import ReferenceFixtures
import Testing

/// Other families than the demonstration model's, on miniatures.
@Suite struct FamilyCommandTests {
  private static func model(_ family: String, scheduler: String, in folder: URL) throws -> String {
    let model = folder.appendingPathComponent(family)
    try FamilyFixture(family).write(scheduler: scheduler, to: model)
    return model.path
  }

  @Test func `a sweep of SDXL says beforehand what merges, and its pictures say how they were framed`() throws
  {
    let folder = try TemporaryFolder()
    let model = try Self.model("sdxl", scheduler: "euler", in: folder.url)
    let shared = ["--model", model, "--limit", "1", "--steps", "2", "--no-checks"]
    let nothing = try Tool.run(
      ["sweep"] + shared + ["--ratios", "0,0.5", "--output", "nothing"], in: folder.url)
    #expect(nothing.status == 0, "\(nothing.errors)")
    #expect(nothing.errors.contains("ratio 0.5 merges nothing at this size"))
    #expect(nothing.errors.contains("a max_downsample of 2 merges"))
    let framed = try Tool.run(
      ["sweep"] + shared
        + ["--ratios", "0,0.5", "--max-downsample", "2", "--original-size", "96x64", "--crop", "11,5"]
        + ["--output", "framed", "--json"], in: folder.url)
    #expect(framed.status == 0 && !framed.errors.contains("merges nothing"), "\(framed.errors)")
    let pictures = folder.url.appendingPathComponent("framed")
    let files =
      FileManager.default.enumerator(at: pictures, includingPropertiesForKeys: nil)?
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "png" && !$0.path.contains("thumb") } ?? []
    let requests = try files.compactMap { file in
      try PictureMetadata(textChunks: PNGCodec.decode(file).text)?.request
    }
    #expect(requests.count == 2)
    for request in requests {
      #expect(request.recipe.sampling.originalSize.map { [$0.width, $0.height] } == [96, 64])
      #expect(request.recipe.sampling.crop.map { [$0.left, $0.top] } == [11, 5])
    }
    // The store gives them back: they are made again with the same bits.
    let verified = try Tool.run(
      ["verify", "--model", model, "--output", "framed", "--samples", "2"], in: folder.url)
    #expect(verified.status == 0, "\(verified.errors)")
    let page = try String(contentsOf: pictures.appendingPathComponent("index.html"), encoding: .utf8)
    #expect(page.contains("original size 96 × 64, crop at 11, 5"))
  }

  @Test func `a picture without guidance says that nothing is drawn`() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("sdxl", scheduler: "euler-ancestral", in: folder.url)
    let result = try Tool.run(
      [
        "generate", "--model", model, "--prompt", "x", "--steps", "1", "--guidance-scale", "0", "--ratio",
        "0.5",
        "--max-downsample", "2", "--output", "x.png",
      ], in: folder.url)
    #expect(result.status == 0 && result.errors.contains("a batch of one"), "\(result.errors)")
  }

  @Test func `guidance that is an input of the model is no pair either`() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("lcm", scheduler: "ddim", in: folder.url)
    let arguments = ["generate", "--model", model, "--prompt", "x", "--steps", "1", "--ratio", "0.5"]
    let result = try Tool.run(
      arguments + ["--guidance-scale", "8.5", "--output", "x.png"], in: folder.url)
    #expect(result.status == 0 && result.errors.contains("a batch of one"), "\(result.errors)")
  }

  @Test(arguments: [
    (
      "sdxl", "euler",
      ["Stable Diffusion XL; ", "text_encoder_2", "merging needs --max-downsample 2 or more"]
    ),
    ("ssd-1b", "euler", ["Stable Diffusion XL, distilled, without attention in its mid block"]),
    ("tiny-sd", "pndm", ["distilled, without mid block, one layer a block"]),
    ("sd2", "ddim-v", ["predicts v"]),
    ("lcm", "ddim", ["takes the guidance scale as an input"]),
  ])
  func `doctor says what kind of model it is`(family: String, scheduler: String, words: [String]) throws {
    let folder = try TemporaryFolder()
    let model = try Self.model(family, scheduler: scheduler, in: folder.url)
    let result = try Tool.run("doctor", "--model", model, in: folder.url)
    #expect(result.status == 0, "\(result.output)")
    for word in words { #expect(result.output.contains(word), "\(word): \(result.output)") }
  }

  @Test func `bench runs all parts of SDXL`() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("sdxl", scheduler: "euler", in: folder.url)
    let result = try Tool.run(
      [
        "bench", "--model", model, "--parts", "unet,vae,text", "--rounds", "1", "--max-downsample", "2",
        "--json",
      ],
      in: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("text"))
  }
}
