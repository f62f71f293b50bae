import Foundation
import Images
import Pictures
import ReferenceFixtures
import Testing
import TokenMerging

/// The second pass on the command line: its pictures, its times, its ratios as an axis, and what is refused.
@Suite struct HiresCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> Tool.Result { try Tool.run(arguments, in: folder.url) }

  private let pass = ["--steps", "3", "--size", "32x32", "--hires-scale", "2", "--hires-steps", "2"]

  @Test func `a picture has the larger size, and says how it was made`() throws {
    let result = try run(
      ["generate", "--prompt", "a red cube", "--output", "a.png", "--ratio", "0.5", "--hires-ratio", "0"]
        + pass
        + ["--denoising-strength", "0.5", "--hires-upscaler", "pixel-lanczos", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["size"] as? [Int] == [64, 64])
    #expect((json["step_seconds"] as? [Double])?.count == 3)
    #expect((json["hires_step_seconds"] as? [Double])?.count == 2)
    #expect(json["upscale_seconds"] as? Double ?? 0 > 0)
    let text = try PNGCodec.decode(folder.url.appendingPathComponent("a.png")).text
    let recipe = try #require(try PictureMetadata(textChunks: text)).request.recipe
    #expect(
      recipe.sampling.hires
        == HiresPass(
          scale: 2, width: 64, height: 64, steps: 2, strength: 0.5, upscaler: "pixel-lanczos"))
    #expect(recipe.merging?.ratio == 0.5 && recipe.hiresMerging == nil)
    let parameters = try #require(text.first { $0.key == "parameters" }).value
    #expect(parameters.contains("Hires upscaler: Lanczos") && parameters.contains("ratio hr: 0"))
  }

  @Test func `ratios of the second pass are compared, stored apart from the first, verified and reported`()
    throws
  {
    let sweep =
      ["sweep", "--limit", "1", "--ratios", "0,0.5", "--hires-ratios", "same,0", "--output", "run"] + pass
      + ["--denoising-strength", "0.4"]
    let swept = try run(sweep)
    #expect(swept.status == 0, "\(swept.errors)")
    let compared = try run(["compare", "--output", "run", "--json"])
    #expect(compared.status == 0, "\(compared.errors)")
    for words in ["\"0.5 hires 0\"", "hires_ratio"] { #expect(compared.output.contains(words)) }
    let table = try String(
      contentsOf: folder.url.appendingPathComponent("run/pictures.csv"), encoding: .utf8)
    let header = try #require(table.split(separator: "\n").first).split(separator: ",")
    for column in ["hires_ratio", "seconds_upscale", "seconds_hires"] {
      #expect(header.contains(Substring(column)), "\(header)")
    }
    let page = try String(contentsOf: folder.url.appendingPathComponent("run/index.html"), encoding: .utf8)
    #expect(page.contains("second pass (2x latent to 64x64, 2 steps, strength 0.4)"))
    // Both checks of the run have a second pass, too.
    #expect(!swept.errors.contains("check failed"))
    let verified = try run(["verify", "--output", "run", "--samples", "3"])
    #expect(verified.status == 0, "\(verified.errors)\(verified.output)")
  }

  @Test(
    arguments: [
      (["--hires-steps", "3"], "add one with --hires-scale"),
      (["--denoising-strength", "0.5"], "add one with --hires-scale"),
      (["--hires-scale", "1"], "must be above 1"),
      (["--hires-scale", "2", "--denoising-strength", "0"], "must be above 0"),
      (["--hires-scale", "2", "--hires-upscaler", "esrgan"], "esrgan"),
      (["--hires-scale", "2", "--hires-steps", "-1"], "must be 0 or more"),
    ])
  func `what is no second pass is refused by both commands`(options: [String], reason: String) throws {
    for command in [["generate", "--prompt", "x", "--output", "x.png"], ["sweep", "--output", "x"]] {
      let result = try run(command + options)
      #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
    }
  }

  @Test func `what does not go with a second pass, or needs one, is refused`() throws {
    for (arguments, reason) in [
      (["sweep", "--hires-ratios", "0"], "add one with --hires-scale"),
      (["sweep", "--sweep", "hires-ratio=0"], "--hires-scale"),
      (["sweep", "--hires-scale", "2", "--equal-time"], "--equal-time"),
      (["sweep", "--hires-scale", "2", "--engine", "webui"], "--hires-scale"),
      (
        ["generate", "--prompt", "x", "--output", "x.png", "--hires-scale", "2", "--init-image", "x.png"],
        "--init-image"
      ),
      (["generate", "--prompt", "x", "--output", "x.png", "--hires-ratio", "0.5"], "--hires-scale"),
    ] {
      let result = try run(arguments)
      #expect(result.status == 2 && result.errors.contains(reason), "\(arguments): \(result.errors)")
    }
  }
}
