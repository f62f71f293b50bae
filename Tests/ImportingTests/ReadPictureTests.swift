import Foundation
import Images
import Pictures
import PromptSets
import ReferenceFixtures
import Testing
import TokenMerging

@testable import Importing

@Suite struct ReadPictureTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/Images")

  @Test(arguments: ["jpeg.jpg", "webp.webp"])
  func `the comment of a JPEG and of a WebP is the web UI's text, in either order of bytes`(name: String)
    throws
  {
    let picture = try ReadPicture(NamedPicture(url: Self.fixtures.appendingPathComponent(name)))
    #expect(picture.facts.prompt == "a corgi, café" && picture.facts.negativePrompt == "blurry")
    #expect(picture.facts.seed == 5 && picture.facts.ratio == 0.5 && picture.facts.steps == 20)
    #expect(picture.isLossy && picture.size == PictureSize(width: 37, height: 21))
  }

  @Test func `a text file beside a picture counts where the picture is silent`() throws {
    let url = try Made.png("a.png", in: folder.url)
    try Data(Made.infotext("a cube", seed: 3, ratio: 0.5).value.utf8).write(
      to: folder.url.appendingPathComponent("a.txt"))
    #expect(try ReadPicture(NamedPicture(url: url)).facts.seed == 3)
    let told = try Made.png("a.png", in: folder.url, text: [Made.infotext("a cone", seed: 4)])
    #expect(try ReadPicture(NamedPicture(url: told)).facts.seed == 4)
  }

  @Test func `a manifest counts before the file, and a contradiction is said`() throws {
    try Made.png("a.png", in: folder.url, text: [Made.infotext("a cube", seed: 3, ratio: 0.5)])
    try Made.png("b.png", in: folder.url, shade: 1)
    let manifest = folder.url.appendingPathComponent("manifest.csv")
    try Data("path,prompt,seed,ratio\na.png,a cube,3,0.3\nb.png,a cube,3,0\n".utf8).write(to: manifest)
    let sources = try PictureSources([folder.url])
    let plan = ImportPlan(try PictureReading.read(sources.pictures).pictures)
    #expect(
      plan.problems.first?.description
        == "\(manifest.path): line 2: a.png: said to have ratio 0.3, not 0.5 as its file says")
    #expect(plan.problems.first?.kind == .noted)
  }

  @Test func `the web UI's extension for Token Downsampling is known`() throws {
    func facts(_ further: String) throws -> PictureFacts {
      let text = "a cube\nSteps: 20, Seed: 3, Size: 8x8\(further)"
      return try ReadPicture(
        NamedPicture(url: try Made.png("a.png", in: folder.url, text: [("parameters", text)]))
      ).facts
    }
    let thinned = try facts(", ToDo factor: 2.0, ToDo max depth: 2, ToDo disable after: 0.6")
    #expect(thinned.ratio == 0.75 && thinned.merging?.variant == .todo && thinned.merging?.maxDownsample == 2)
    #expect(thinned.merging?.steps.description == "0-60%" && thinned.settings.isEmpty)
    // Beside the web UI's own merging, it is a setting as any other.
    let both = try facts(", Token merging ratio: 0.5, ToDo factor: 2.0")
    #expect(both.ratio == 0.5 && both.merging?.variant == .webui && both.settings["ToDo factor"] == "2.0")
    // SD.Next names its methods; what its own downsampling does, no ratio says.
    let named = try facts(", ToMe: 0.5, App: SD.Next")
    #expect(named.ratio == 0.5 && named.merging?.variant == .webui && named.settings.isEmpty)
    #expect(try facts(", ToDo: 0.5, App: SD.Next").settings["ToDo"] == "0.5")
    let spaced = try facts(", ToMe: 0.5, Sampler sigma: karras, FreeU: b1=1.2 b2=1.4, App: SD.Next")
    #expect(spaced.settings == ["Sampler sigma": "karras", "FreeU": "b1=1.2 b2=1.4"])
  }

  @Test func `a second pass is known where its text says how strong it is`() throws {
    func facts(_ further: String) throws -> PictureFacts {
      let text = "a cube\nSteps: 20, Seed: 3, Size: 8x8, Token merging ratio: 0.5\(further)"
      return try ReadPicture(
        NamedPicture(url: try Made.png("a.png", in: folder.url, text: [("parameters", text)]))
      ).facts
    }
    let hires = ", Denoising strength: 0.7, Hires upscale: 2, Hires upscaler: Lanczos"
    let known = try facts(hires)
    #expect(known.hires == .init(scale: 2, strength: 0.7, upscaler: "pixel-lanczos"))
    #expect(known.hiresRatio == nil && known.settings.isEmpty)
    #expect(try facts(hires + ", Token merging ratio hr: 0.3").hiresRatio == 0.3)
    let resized = try facts(", Denoising strength: 1, Hires resize: 16x16, Hires upscaler: 4x-UltraSharp")
    #expect(resized.hires == .init(strength: 1, upscaler: "4x-UltraSharp"))
    // Without the first pass's size, or where it does not, the texts tell such pictures from others.
    let sizeless = try ReadPicture(
      NamedPicture(
        url: Made.png("b.png", in: folder.url, text: [("parameters", "a cube\nSteps: 20, Seed: 3\(hires)")]))
    ).facts
    #expect(sizeless.hires == nil && sizeless.settings["Hires upscale"] == "2")
    for further in [", Hires upscale: 2", ", Hires upscale: 2, Denoising strength: 0"] {
      let unknown = try facts(further)
      #expect(unknown.hires == nil && unknown.settings["Hires upscale"] == "2")
      #expect(unknown.settings["Token merging ratio hr"] == nil)
      let alike = try facts(further + ", Token merging ratio hr: 0.5")
      #expect(alike.settings == unknown.settings)
      let other = try facts(further + ", Token merging ratio hr: 0.3")
      #expect(other.settings["Token merging ratio hr"] == "0.3")
    }
  }

  @Test(
    arguments: [
      "Steps: ",
      "Steps: x, Seed: 99999999999999999999999, CFG scale: nan, Size: axb, Token merging ratio: many",
      "\n\n\nNegative prompt:\nSteps: 20", "a\nSteps: 20, Lora hashes: \"a: \\\"b\\\", c",
      "Steps: 20, : , ::",
      "prompt that holds Steps: 5 in a line\nNegative prompt: a\nb\nSteps: 20, Seed: 1, Future key: \"x: y, z\"",
    ]) func `any text of another tool is read without harm`(text: String) throws
  {
    let url = try Made.png("a.png", in: folder.url, text: [("parameters", text)])
    let facts = try ReadPicture(NamedPicture(url: url)).facts
    if text.hasPrefix("prompt that") {
      #expect(facts.prompt == "prompt that holds Steps: 5 in a line" && facts.negativePrompt == "a\nb")
      #expect(facts.steps == 20 && facts.seed == 1)
    }
    _ = ImportPlan([try ReadPicture(NamedPicture(url: url))])
  }

  @Test func `files that are gone, no pictures or no files are problems of their own`() throws {
    func problem(_ name: String) -> String? {
      do throws(ImportProblem) {
        _ = try ReadPicture(NamedPicture(url: folder.url.appendingPathComponent(name)))
        return nil
      } catch { return error.reason }
    }
    try Data("<html>".utf8).write(to: folder.url.appendingPathComponent("page.png"))
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("folder.png"), withIntermediateDirectories: true)
    #expect(mkfifo(folder.url.appendingPathComponent("pipe.png").path, 0o600) == 0)
    #expect(problem("gone.png") == "no such file")
    #expect(problem("page.png") == "cannot be read: it is no PNG, JPEG or WebP file")
    #expect(problem("folder.png") == "cannot be read: it is a folder, not a file")
    #expect(problem("pipe.png") == "cannot be read: it is a pipe, not a file")
  }

  @Test func `layouts say what they are made of, or what is wrong with them`() throws {
    let layout = try FileLayout("{ratio}/{row}-{seed}*.png", prompts: PromptSet.named("mini"))
    let row = try PromptSet.named("mini").prompts[0]
    let facts = layout.facts(of: "renders/0.50/\(row.row)-3_final.png")
    #expect(facts?.ratio == 0.5 && facts?.seed == 3)
    #expect(layout.facts(of: "0.3/\(row.row)-1.png")?.prompt == row.text)
    #expect(layout.facts(of: "0.3/999999-1.png") == nil)
    #expect(layout.facts(of: "1.5/\(row.row)-1.png") == nil && layout.facts(of: "x.png") == nil)
    let named = try FileLayout("{prompt}_s{seed}_r{ratio}.webp", prompts: nil)
    #expect(named.facts(of: "a_red_cube_s7_r.5.webp")?.prompt == "a red cube")
    for wrong in [
      "{ratio}.png", "{ratio}-{seed}.png", "{seed}{ratio", "{colour}{seed}{ratio}", "{seed}{seed}{ratio}",
    ] {
      #expect(throws: ImportError.self) { try FileLayout(wrong, prompts: nil) }
    }
  }
}
