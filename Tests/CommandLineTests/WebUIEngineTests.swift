import Foundation
import ReferenceFixtures
import Testing

/// Sweeps whose pictures the web UI makes, or what stands for it.
@Suite(.enabled(if: TestService.canRun))
struct WebUIEngineTests {
  private let folder: TemporaryFolder
  private var run: String { folder.url.appendingPathComponent("run").path }

  init() throws { folder = try TemporaryFolder() }

  private func service(_ mode: String = "good") throws -> TestService {
    try TestService("webui", mode, in: folder.url)
  }

  private func words(_ service: TestService, _ prompts: [String], _ further: [String]) throws -> [String] {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data(prompts.joined(separator: "\n").utf8).write(to: file)
    return [
      "sweep", "--engine", "webui", "--url", service.url, "--prompts", file.path, "--steps", "4", "--size",
      "64x48",
      "--no-checks", "--output", run,
    ] + further
  }

  private func sweep(_ service: TestService, _ prompts: [String], _ further: String...) throws -> Tool.Result
  {
    // It ends with the object.
    try withExtendedLifetime(service) { try Tool.run(words(service, prompts, further)) }
  }

  private static let pictures = "/sdapi/v1/txt2img"

  @Test func `the web UI is asked for everything by its own names, and its pictures and seconds are taken`()
    throws
  {
    let service = try service()
    let further = [
      "--ratios", "0,0.25,0.5", "--seeds", "0,18446744073709551615", "--scheduler", "dpmsolver++-karras",
    ]
    let result = try Tool.run(words(service, ["a (red) cube", "a cone"], further))
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("12 of 12 pictures made"), "\(result.errors)")
    let asked = try service.requests(Self.pictures)
    // One more, before the first that counts.
    #expect(asked.count == 13 && asked[0].json == asked[1].json && asked[1].json != asked[2].json)
    let requests = asked.map(\.body)
    for request in requests {
      #expect(request["sampler_name"] as? String == "DPM++ 2M" && request["scheduler"] as? String == "Karras")
      #expect(
        request["override_settings_restore_afterwards"] as? Bool == true && request["batch_size"] as? Int == 1
      )
      #expect(request["save_images"] as? Bool == false && request["cfg_scale"] as? Double == 7.5)
    }
    let ratios = requests.compactMap {
      ($0["override_settings"] as? [String: Any])?["token_merging_ratio"] as? Double
    }
    #expect(ratios.count == 13 && Set(ratios) == [0, 0.25, 0.5])
    #expect(Set(requests.compactMap { ($0["seed"] as? NSNumber)?.uint64Value }) == [0, .max])
    #expect(Set(requests.compactMap { $0["prompt"] as? String }) == [#"a \(red\) cube"#, "a cone"])
    // 2 s against 1.5 s, by the web UI's own clock.
    #expect(result.output.contains(/1\.3[1-5]×/), "\(result.output)")
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(
      page.contains("webui v1.10.1, torch 2.1.2+cu121, seconds of its own clock on NVIDIA GeForce RTX 4090"))
    #expect(page.contains("v1-5-pruned-emaonly"))
    // Again it does nothing, and asks for no picture.
    #expect(try Tool.run(words(service, ["a (red) cube", "a cone"], further)).status == 0)
    #expect(try service.requests(Self.pictures).count == 13)
  }

  @Test(arguments: [
    ("refuses", "does not take a field of /sdapi/v1/txt2img: steps: value is not a valid integer", 1),
    ("fails", "failed at /sdapi/v1/txt2img (status 500): OutOfMemoryError: CUDA out of memory.", 3),
    ("drops", "broke the connection at /sdapi/v1/txt2img", 3),
    ("hangs", "gives no answer to /sdapi/v1/txt2img within 2 s (--timeout)", 1),
    ("page", "something else than it should: it is no JSON", 1),
    ("contradicts", "made another picture than was asked for: steps 3, not 4", 1),
  ]) func `what goes wrong with a picture is said of it, and the others are made`(
    mode: String, message: String, tries: Int
  ) throws {
    let prompts = ["a cube", "a bad cube", "a cone"]
    let service = try service(mode)
    let result = try sweep(service, prompts, "--ratios", "0", "--timeout", "2")
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains("2 of 3 pictures made, 1 failed") && result.errors.contains(message),
      "\(result.errors)")
    let bad = try service.requests(Self.pictures).count {
      ($0.body["prompt"] as? String)?.contains("bad") == true
    }
    #expect(bad == tries)
    // What still runs there is stopped.
    if mode == "hangs" || mode == "drops" {
      #expect(try !service.requests("/sdapi/v1/interrupt").isEmpty)
    }
    // Healed, the same sweep makes what is missing.
    let healed = try sweep(self.service(), prompts, "--ratios", "0", "--json").json()
    #expect(healed["made"] as? Int == 1 && healed["reused"] as? Int == 2)
  }

  @Test func `what fails in passing is tried again, and nobody need know`() throws {
    let service = try service("hiccups")
    let result = try sweep(service, ["a cube", "a bad cube"], "--ratios", "0")
    #expect(result.status == 0 && result.errors.contains("2 of 2 pictures made"), "\(result)")
    #expect(try service.requests(Self.pictures).count == 4)
  }

  @Test func `a merged picture that was not merged is named`() throws {
    let result = try sweep(service("contradicts"), ["a cube", "a bad cube"], "--ratios", "0,0.5")
    #expect(result.status == 3 && result.errors.contains("steps 3, not 4; ratio 0, not 0.5"), "\(result)")
  }

  @Test func `a service that fails three times in a row ends the sweep, which loses nothing`() throws {
    let prompts = ["a cube", "a bad cube", "a cone"]
    let result = try sweep(service("page"), prompts, "--ratios", "0,0.25,0.5")
    #expect(
      result.status == 2 && result.errors.contains("3 times in a row the web UI at http://"), "\(result)")
    let healed = try sweep(service(), prompts, "--ratios", "0,0.25,0.5", "--json").json()
    #expect(healed["reused"] as? Int == 3 && healed["made"] as? Int == 6)
  }

  @Test(arguments: [
    (["--sx", "4"], "--sx is nothing that --engine webui can be asked for"),
    (["--max-downsample", "2"], "--max-downsample"),
    (["--merge-crossattn"], "--merge-crossattn"), (["--eta", "0.5"], "--eta"),
    (["--precision", "bf16"], "--precision"),
    (["--model", "x"], "--model"), (["--sweep", "sy=2,4"], "--sweep sy"), (["--crop", "0,8"], "--crop"),
    (["--equal-time"], "--equal-time"),
    (["--merge-variant", "tomesd"], "the web UI draws nothing at random (use_rand is off there)"),
    (["--merge-variant", "comfyui"], "--merge-variant comfyui is no rule of the web UI"),
    (["--scheduler", "unipc"], "scheduler 'unipc'"),
    (["--size", "60x48"], "the web UI needs multiples of 8"),
    (["--workflow", "x.json"], "--workflow is for --engine comfyui"),
    (["--api-auth", "secret"], "user:password"),
    (["--url", "http://user:secret@127.0.0.1"], "pass the password with --api-auth"),
    (["--prompt-syntax", "comfyui"], "--prompt-syntax comfyui is for --engine comfyui"),
  ]) func `what the web UI cannot be asked for is refused before the first picture`(
    words: [String], message: String
  )
    throws
  {
    let service = try service()
    let result = try Tool.run(self.words(service, ["a cube"], words))
    #expect(result.status == 2 && result.errors.contains(message), "\(result)")
    #expect(!result.errors.contains("secret"))
    #expect(try service.requests(Self.pictures).isEmpty)
  }

  @Test(arguments: [
    ("auth", "asks for a user and a password; pass them with --api-auth USER:PASSWORD or TOME_EVAL_API_AUTH"),
    ("noapi", "has no /sdapi/v1/options; start the web UI with --api: Not Found"),
    ("merging", "its own option 'Token merging ratio' is 0.5"),
    ("jpeg", "set 'File format for images' to png"),
  ]) func `a web UI that would make no baseline is refused before the first picture`(
    mode: String, message: String
  )
    throws
  {
    let service = try service(mode)
    let result = try sweep(service, ["a cube"])
    #expect(result.status == 2 && result.errors.contains(message), "\(result)")
    #expect(try service.requests(Self.pictures).isEmpty)
  }

  @Test func `nothing that listens is an error that says so`() throws {
    let result = try Tool.run(
      "sweep", "--engine", "webui", "--url", "http://127.0.0.1:1", "--limit", "1", "--output", run)
    #expect(
      result.status == 2 && result.errors.contains("the web UI at http://127.0.0.1:1 cannot be reached"),
      "\(result)")
  }

  @Test func `user and password are told to the service, and kept nowhere`() throws {
    let service = try service("auth")
    let result = try sweep(service, ["a cube"], "--ratios", "0", "--api-auth", "user:secret")
    #expect(result.status == 0, "\(result)")
    #expect(!(result.output + result.errors).contains("secret"))
    let wrong = try sweep(service, ["a cube"], "--ratios", "0", "--api-auth=user:secrets")
    #expect(wrong.status == 2 && wrong.errors.contains("does not take the user and the password"), "\(wrong)")
    let variable = try Tool.run(
      words(service, ["a cone"], ["--ratios", "0"]), redirections: "",
      environment: ["TOME_EVAL_API_AUTH": "user:secret"])
    #expect(variable.status == 0, "\(variable)")
    withExtendedLifetime(service) {}
    let files = try #require(FileManager.default.enumerator(atPath: run)).compactMap { $0 as? String }
    #expect(files.contains("tome-eval.sqlite"))
    for file in files {
      let bytes = (try? Data(contentsOf: URL(fileURLWithPath: run).appendingPathComponent(file))) ?? Data()
      #expect(bytes.range(of: Data("secret".utf8)) == nil, "\(file)")
    }
  }

  @Test func `prompts in the web UI's language are sent as they are, and are another run`() throws {
    let service = try service()
    #expect(try sweep(service, ["a (red) AND [cube]"], "--ratios", "0").status == 0)
    let meant = try sweep(
      service, ["a (red) AND [cube]"], "--ratios", "0", "--prompt-syntax", "webui", "--json")
    #expect(try meant.json()["made"] as? Int == 1)
    let prompts = Set(try service.requests(Self.pictures).compactMap { $0.body["prompt"] as? String })
    #expect(prompts == [#"a \(red\) and \[cube\]"#, "a (red) AND [cube]"])
  }

  @Test
  func
    `an older web UI has schedule types in its samplers' names, and one without a clock is timed from here`()
    throws
  {
    let old = try service("old")
    #expect(try sweep(old, ["a cube"], "--ratios", "0", "--scheduler", "DPM++ 2M Karras").status == 0)
    let request = try #require(try old.requests(Self.pictures).first?.body)
    #expect(request["sampler_name"] as? String == "DPM++ 2M Karras" && request["scheduler"] == nil)
    #expect(try sweep(service("clockless"), ["a cone"], "--ratios", "0").status == 0)
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(page.contains("seconds around the request"))
  }

  @Test func `Ctrl-C stops the web UI and the sweep, and keeps what is there`() throws {
    let service = try service("hangs")
    let running = try Tool.start(words(service, ["a cube", "a bad cube"], ["--ratios", "0"]))
    while running.isRunning, try service.requests(Self.pictures).count < 3 {
      Thread.sleep(forTimeInterval: 0.05)
    }
    running.send(SIGINT)
    let result = try running.finish()
    #expect(result.status == 130 && result.errors.contains("1 of 2 pictures made"), "\(result)")
    #expect(try service.requests("/sdapi/v1/interrupt").count == 1)
  }

  @Test func `doctor says what is at the other end, and whether a ratio changes anything`() throws {
    func doctor(_ mode: String) throws -> Tool.Result {
      let service = try service(mode)
      return try withExtendedLifetime(service) {
        try Tool.run("doctor", "--engine", "webui", "--url", service.url, "--size", "64x48", "--output", run)
      }
    }
    let fine = try doctor("good")
    #expect(fine.status == 0, "\(fine)")
    for line in [
      "engine: webui v1.10.1", "device: NVIDIA GeForce RTX 4090",
      "checkpoint: v1-5-pruned-emaonly, hash 6ce0161689",
      "ratio: 0.75 changes 100.0 % of the values of a picture of 4 steps at 64x48; it took 1.25 s, and 2.00 s at ratio 0",
      "CLIP: warning: none",
    ] {
      #expect(fine.output.contains(line), "\(fine.output)")
    }
    let deaf = try doctor("deaf")
    #expect(deaf.status == 2 && deaf.output.contains("merging does nothing here"), "\(deaf)")
    let merging = try doctor("merging")
    #expect(
      merging.status == 2 && merging.output.contains("its own option 'Token merging ratio'"), "\(merging)")
    #expect(!FileManager.default.fileExists(atPath: run))
  }
}
