import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing

/// Whatever is wrong, the program ends with 2 and a sentence that names it, and leaves
/// what is there alone.
@Suite struct BadInputTests {
  let folder: TemporaryFolder
  let run: String

  init() throws {
    folder = try TemporaryFolder()
    run = folder.url.appendingPathComponent("run").path
  }

  func sweep(_ arguments: String...) throws -> Tool.Result {
    try Tool.run(["sweep", "--limit", "1", "--steps", "1", "--output", run] + arguments)
  }

  func expect(_ result: Tool.Result, mentions words: [String]) {
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    for word in words { #expect(result.errors.contains(word), "\(result.errors)") }
    #expect(!FileManager.default.fileExists(atPath: run + "/images"))
  }

  @Test func `a truncated safetensors file`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try model.alter("unet", "diffusion_pytorch_model.safetensors") { $0.prefix($0.count / 2) }
    expect(
      try sweep("--model", model.url.path),
      mentions: ["diffusion_pytorch_model.safetensors", "truncated", "download it again"])
  }

  @Test func `a safetensors header that lies`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try model.alter("vae", "diffusion_pytorch_model.safetensors") { data in
      var data = data
      data.replaceSubrange(0..<8, with: [255, 255, 255, 255, 255, 255, 255, 127])
      return data
    }
    expect(try sweep("--model", model.url.path), mentions: ["vae", "not a valid safetensors file"])
  }

  @Test func `weights of another shape than the configuration's`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try model.alter("unet", "config.json") { data in
      var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      object["block_out_channels"] = [48, 96, 192, 512]
      return try JSONSerialization.data(withJSONObject: object)
    }
    expect(try sweep("--model", model.url.path), mentions: ["has shape", "expected", "tensor '"])
  }

  @Test func `a missing tokenizer, and a folder that is no model`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try model.remove("tokenizer")
    expect(try sweep("--model", model.url.path), mentions: ["tokenizer"])
    expect(try sweep("--model", folder.url.path), mentions: ["model_index.json"])
    expect(try sweep("--model", "/nowhere/at/all"), mentions: ["/nowhere/at/all"])
    expect(try sweep("--clip", "/nowhere/at/all"), mentions: ["/nowhere/at/all"])
  }

  @Test(arguments: ["1.5", "-0.1", "nan"]) func `a ratio out of range`(ratio: String) throws {
    expect(try sweep("--ratios=0,\(ratio)"), mentions: ["ratio \(ratio) is out of range"])
  }

  @Test func `values that mean nothing`() throws {
    expect(try sweep("--ratios", "0,half"), mentions: ["--ratios"])
    expect(try sweep("--seeds=-1"), mentions: ["seed -1 is out of range"])
    expect(try sweep("--sx", "0"), mentions: ["sx is 0"])
    expect(try sweep("--max-downsample", "3"), mentions: ["max_downsample is 3"])
    expect(try sweep("--merge-variant", "tomesd,forge"), mentions: ["forge", "tomesd, webui, comfyui"])
    expect(try sweep("--sweep", "ratio=0.5"), mentions: ["'ratio'", "merge-variant, sx, sy, max-downsample"])
    expect(try sweep("--sweep", "max-downsample=1,3"), mentions: ["'3'", "1, 2, 4 or 8"])
    expect(try sweep("--sweep", "sx=2", "--sweep", "sx=3"), mentions: ["sx is varied twice"])
    expect(try sweep("--sweep", "steps=1,2000"), mentions: ["2000 steps"])
    let magic = try sweep("--scheduler", "magic")
    expect(magic, mentions: ["no scheduler is called 'magic'\n", "euler"])
    // In the option's help alone.
    #expect(magic.errors.components(separatedBy: "pndm").count == 2)
    expect(try sweep("--scheduler", "eulr"), mentions: ["'eulr'; did you mean 'euler'?\n"])
    expect(
      try sweep("--scheduler", "DPM++ 2M SDE Heun"),
      mentions: ["DPM++ 2M SDE Heun does not exist here", "sde-dpmsolver++", "dpmsolver-sde"])
    expect(try sweep("--sweep", "scheduler=ddim,Restart"), mentions: ["sampler Restart does not exist here"])
    expect(try sweep("--eta", "2"), mentions: ["eta 2 is out of range"])
    expect(try sweep("--eta", "0.5", "--scheduler", "euler"), mentions: ["eta 0.5", "DDIM and TCD do"])
    expect(try sweep("--scheduler", "lcm", "--steps", "51"), mentions: ["original_inference_steps are 50"])
    expect(try sweep("--no-such-flag"), mentions: ["--no-such-flag"])
    expect(try sweep("--threads", "0"), mentions: ["--threads"])
  }

  @Test func `a size that the autoencoder's factor does not divide`() throws {
    expect(try sweep("--size", "130x128"), mentions: ["130x128", "multiples of 4"])
    expect(try sweep("--size", "0x128"), mentions: ["0x128"])
    expect(try sweep("--size", "big"), mentions: ["--size"])
  }

  @Test func `a folder that cannot be written`() throws {
    let file = folder.url.appendingPathComponent("plain")
    try Data("x".utf8).write(to: file)
    let result = try Tool.run([
      "sweep", "--limit", "1", "--steps", "1", "--output", file.appendingPathComponent("run").path,
    ])
    expect(result, mentions: ["plain/run", "cannot be written: \(file.path) is a file, not a folder"])
    let itself = try Tool.run(["sweep", "--limit", "1", "--steps", "1", "--output", file.path])
    expect(itself, mentions: ["cannot be written: \(file.path) is a file, not a folder; choose another"])
    let picture = file.appendingPathComponent("x.png").path
    expect(
      try Tool.run("generate", "--prompt", "x", "--steps", "1", "--output", picture),
      mentions: ["plain/x.png", "cannot be written"])
  }

  @Test func `a prompt file with empty lines is read, one with TABs inside prompts is not`() throws {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data("\na red cube\n\n\tan owl\t\n".utf8).write(to: file)
    let good = try Tool.run([
      "sweep", "--prompts", file.path, "--steps", "1", "--ratios", "0", "--json", "--output",
      folder.url.appendingPathComponent("good").path,
    ])
    #expect(good.status == 0)
    #expect(try good.json()["made"] as? Int == 2)
    try Data("a red cube\n\nan owl\tAnimals\n".utf8).write(to: file)
    expect(try sweep("--prompts", file.path), mentions: ["line 3", "TAB"])
    try Data("\n\n".utf8).write(to: file)
    expect(try sweep("--prompts", file.path), mentions: ["holds no prompt"])
    expect(try sweep("--prompts", "/nowhere.tsv"), mentions: ["/nowhere.tsv", "mini, full"])
  }

  @Test func `a store of a newer schema stays as it is`() throws {
    let file = folder.url.appendingPathComponent("store.sqlite")
    do { _ = try ResultStore(file, access: .creating) }
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-from-the-future')")
    }
    let before = try Data(contentsOf: file)
    for command in [["sweep", "--limit", "1", "--steps", "1"], ["report"], ["compare"]] {
      expect(
        try Tool.run(command + ["--store", file.path, "--output", run]),
        mentions: [file.path, "newer tome-eval", "99-from-the-future"])
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func `comparing where nothing was swept says what to do`() throws {
    expect(try Tool.run("compare", "--output", run), mentions: [run, "tome-eval sweep"])
  }
}
