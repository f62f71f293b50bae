import Foundation
import Images
import ReferenceFixtures
import Testing

/// Pictures from elsewhere, from their files to the report.
@Suite struct ImportTests {
  private let folder: TemporaryFolder
  private var pictures: URL { folder.url.appendingPathComponent("pictures") }
  private var run: String { folder.url.appendingPathComponent("run").path }

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  /// A picture whose merged forms differ the more from it the larger the ratio is.
  private func image(_ seed: Int, ratio: Double) -> RGBImage {
    RGBImage(
      width: 64, height: 48,
      pixels: (0..<64 * 48 * 3).map { index in
        let value = (index * (seed + 3) / 7) % 200
        return UInt8(ratio > 0 && index % Int(10 / ratio) == 0 ? value + 40 : value)
      })
  }

  private func write(_ name: String, _ image: RGBImage, text: [PNGCodec.Text] = []) throws {
    let url = pictures.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(PNGCodec.encode(image, text: text)).write(to: url)
  }

  private func infotext(_ prompt: String, seed: Int, ratio: Double) -> PNGCodec.Text {
    let merging = ratio > 0 ? ", Token merging ratio: \(ratio)" : ""
    return (
      "parameters",
      "\(prompt)\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: \(seed), Size: 64x48, Model: v1-5\(merging), Version: v1.9"
    )
  }

  @Test func `a folder of the web UI's pictures becomes a report, and again adds what is new`() throws {
    func add(_ prompts: Range<Int>) throws {
      for prompt in prompts {
        for ratio in [0, 0.3, 0.5] {
          // Each prompt with a seed of its own, as people leave them.
          let seed = prompt * 1000 + 7
          try write(
            "\(prompt)-\(ratio).png", image(seed, ratio: ratio),
            text: [infotext("a <b>cube</b> \(prompt)", seed: seed, ratio: ratio)])
        }
      }
    }
    try add(0..<3)
    let words = ["import", pictures.path, "--output", run]
    let dry = try Tool.run(words + ["--dry-run"])
    let row = "64x48     20         7  dpmsolver++  0.3 webui        3         3"
    #expect(dry.status == 0 && dry.output.contains(row), "\(dry)")
    #expect(!FileManager.default.fileExists(atPath: run))
    let first = try Tool.run(words)
    #expect(first.status == 0, "\(first)")
    #expect(first.errors.contains("9 of 9 pictures taken (9 copied), 6 scored"))
    #expect(first.output.contains("0.5 webui") && first.output.contains("report: \(run)/index.html"))
    // Nobody said how long they took.
    #expect(!first.output.contains("speed-up") && !first.output.contains("s/image"), "\(first.output)")
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(page.contains("a &lt;b&gt;cube&lt;/b&gt; 1") && !page.contains("<b>cube</b>"))
    // Three prompts with a seed each are three rows, not nine.
    #expect(page.components(separatedBy: "seed 1007").count > 1 && page.contains("3 rows"))
    try add(3..<5)
    let second = try Tool.run(words + ["--json"]).json()
    let runs = try #require(second["runs"] as? [[String: Any]])
    #expect(runs.count == 1 && runs[0]["taken"] as? Int == 6 && runs[0]["known"] as? Int == 9)
    let rows = try Tool.run("compare", "--output", run, "--format", "csv", "--metric", "ssim")
    #expect(rows.status == 0 && rows.output.contains("all,0.5 webui,0.5,webui,,,,,5,0,0,"), "\(rows)")
    #expect(try Tool.run("verify", "--output", run, "--files-only").status == 0)
    let verified = try Tool.run("verify", "--output", run)
    #expect(verified.status == 2 && !verified.errors.isEmpty)
  }

  @Test func `a manifest beside the pictures leaves them where they are, with their times`() throws {
    var lines = ["path,prompt,seed,ratio,seconds,category"]
    for prompt in 0..<12 {
      for (ratio, seconds) in [(0.0, 2.0), (0.5, 1.5)] {
        try write("\(prompt)-\(ratio).png", image(prompt, ratio: ratio))
        lines.append(
          "\(prompt)-\(ratio).png,\"cube, \(prompt)\",0,\(ratio),\(seconds + Double(prompt) / 100),c\(prompt % 2)"
        )
      }
    }
    try Data(lines.joined(separator: "\r\n").utf8).write(to: pictures.appendingPathComponent("manifest.csv"))
    let result = try Tool.run(
      "import", pictures.path + "/manifest.csv", "--output", pictures.path, "--steps", "20", "--name", "mine")
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("run mine: 24 of 24 pictures taken, 12 scored"))
    #expect(result.output.contains("1.3"), "\(result.output)")
    let images = try? FileManager.default.contentsOfDirectory(atPath: pictures.path + "/images")
    #expect(images?.filter { $0.hasSuffix(".png") }.isEmpty != false)
    let json = try Tool.run("compare", "--output", pictures.path, "--json", "--metric", "ssim").json()
    #expect("\(json)".contains("speed"))
    // One that changes is taken anew; one that is gone is said.
    try write("0-0.5.png", image(99, ratio: 0.5))
    let again = try Tool.run(
      "import", pictures.path, "--output", pictures.path, "--steps", "20", "--name", "mine", "--json")
    let runs = try #require(try again.json()["runs"] as? [[String: Any]])
    #expect(runs[0]["taken"] as? Int == 1 && runs[0]["scored"] as? Int == 1)
    try FileManager.default.removeItem(at: pictures.appendingPathComponent("1-0.5.png"))
    let gone = try Tool.run(
      "import", pictures.path, "--output", pictures.path, "--steps", "20", "--name", "mine")
    #expect(gone.status == 3 && gone.errors.contains("line 5: 1-0.5.png: no such file"), "\(gone.errors)")
  }

  @Test func `ComfyUI's pictures and a layout of names become runs`() throws {
    func workflow(_ ratio: Double) -> String {
      """
      {"3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 8, "cfg": 6, "sampler_name": "euler",
      "scheduler": "normal", "model": ["\(ratio > 0 ? 10 : 4)", 0], "positive": ["6", 0]}},
      "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd.safetensors"}},
      "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cone"}},
      "10": {"class_type": "TomePatchModel", "inputs": {"model": ["4", 0], "ratio": \(ratio)}}}
      """
    }
    for ratio in [0, 0.4] {
      try write(
        "comfy/\(ratio).png", image(1, ratio: ratio), text: [("prompt", workflow(ratio)), ("workflow", "{}")])
      try write("laid/\(ratio)/1-9.png", image(2, ratio: ratio))
    }
    let comfy = try Tool.run("import", pictures.path + "/comfy", "--output", path("a"))
    #expect(comfy.status == 0 && comfy.output.contains("0.4 comfyui"), "\(comfy)")
    let words = [
      "import", pictures.path + "/laid", "--layout", "{ratio}/{row}-{seed}.png", "--output", path("b"),
    ]
    #expect(try Tool.run(words).errors.contains("{row} with --prompts"))
    try Data("a cube\n".utf8).write(to: folder.url.appendingPathComponent("prompts.txt"))
    let laid = try Tool.run(words + ["--prompts", path("prompts.txt")])
    #expect(laid.status == 0, "\(laid)")
    #expect(try String(contentsOfFile: path("b") + "/index.html", encoding: .utf8).contains("a cube"))
  }

  @Test func `JPEG is taken as PNG with the same pixels, and its compression is said`() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Images/jpeg.jpg")
    try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: fixture, to: pictures.appendingPathComponent("merged.jpg"))
    let expected = try PictureCodec.decode(Array(Data(contentsOf: fixture)), path: "").image
    let text =
      "a corgi, café\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 37x21"
    try write("plain.png", expected, text: [("parameters", text)])
    let result = try Tool.run("import", pictures.path, "--output", run)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("1 picture of a lossy form (JPEG, WebP)"))
    let names = try FileManager.default.contentsOfDirectory(atPath: run + "/images").filter {
      $0.contains("r0.5")
    }
    let copy = try PNGCodec.decode(URL(fileURLWithPath: run + "/images/" + (try #require(names.first)))).image
    #expect(names.count == 1 && copy == expected)
    #expect(try Tool.run("import", pictures.path, "--output", run).errors.contains("2 were there"))
  }

  @Test func `nothing to compare is an error that says what is missing`() throws {
    try write("a.png", image(1, ratio: 0.5), text: [infotext("a cube", seed: 1, ratio: 0.5)])
    try Data("cut".utf8).write(to: pictures.appendingPathComponent("b.png"))
    let result = try Tool.run("import", pictures.path, "--output", run)
    #expect(result.status == 2, "\(result)")
    #expect(result.errors.contains("a.png: no unmerged picture of its prompt"))
    #expect(result.errors.contains("b.png: cannot be read: it is no PNG, JPEG or WebP file"))
    #expect(!FileManager.default.fileExists(atPath: run))
    #expect(
      try Tool.run("import", path("nowhere"), "--output", run).errors.contains("no such file or folder"))
  }
}
