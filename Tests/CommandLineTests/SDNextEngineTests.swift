import Foundation
import ReferenceFixtures
import Testing

/// Sweeps whose pictures SD.Next makes, or what stands for it. How services fail: `WebUIFaultTests`.
@Suite(.enabled(if: TestService.canRun))
struct SDNextEngineTests {
  private let sweeps: ServiceSweeps

  init() throws { sweeps = try ServiceSweeps(.sdnext) }

  private func overrides(_ request: TestService.Request) throws -> [String: Any] {
    try #require(request.body["override_settings"] as? [String: Any])
  }

  @Test func `SD.Next is asked for everything by its own names, and its pictures and seconds are taken`()
    throws
  {
    let service = try sweeps.service()
    let prompts = ["a (red) cube", "a <cone:x> \\ TE2: y"]
    let further = [
      "--ratios", "0,0.25,0.5", "--seeds", "0,18446744073709551615", "--scheduler", "dpmsolver++-karras",
    ]
    let result = try Tool.run(sweeps.words(service, prompts, further))
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("12 of 12 pictures made"), "\(result.errors)")
    let asked = try service.requests(ServiceSweeps.pictures)
    // One more, before the first that counts.
    #expect(asked.count == 13 && asked[0].json == asked[1].json && asked[1].json != asked[2].json)
    for request in asked {
      let overrides = try overrides(request)
      let ratio = try #require(overrides["tome_ratio"] as? Double)
      #expect(overrides["token_merging_method"] as? String == (ratio > 0 ? "ToMe" : "None"))
      #expect(overrides["schedulers_sigma"] as? String == "karras")
      #expect(overrides["prompt_attention"] as? String == "fixed")
      #expect(overrides["keep_incomplete"] as? Bool == false && overrides.count == 5)
      let body = request.body
      #expect(body["sampler_name"] as? String == "DPM++ 2M" && body["scheduler"] == nil)
      #expect(
        body["override_settings_restore_afterwards"] as? Bool == true && body["batch_size"] as? Int == 1)
      #expect(body["save_images"] as? Bool == false && body["cfg_scale"] as? Double == 7.5)
    }
    #expect(Set(try asked.compactMap { try overrides($0)["tome_ratio"] as? Double }) == [0, 0.25, 0.5])
    #expect(Set(asked.compactMap { ($0.body["seed"] as? NSNumber)?.uint64Value }) == [0, .max])
    #expect(
      Set(asked.compactMap { $0.body["prompt"] as? String }) == [
        "a (red) cube", "a < cone:x> \\ TE2 : y",
      ])
    // 2 s against 1.5 s, by SD.Next's own clock.
    #expect(result.output.contains(/1\.3[1-5]×/), "\(result.output)")
    let page = try String(contentsOfFile: sweeps.run + "/index.html", encoding: .utf8)
    #expect(
      page.contains(
        "sdnext 0eb4a98e0 of 2026-04-04, torch 2.7.1+cu126, seconds of its own clock on NVIDIA GeForce RTX 4090"
      ))
    #expect(page.contains("v1-5-pruned-emaonly"))
    // Again it does nothing, and asks for no picture.
    #expect(try Tool.run(sweeps.words(service, prompts, further)).status == 0)
    #expect(try service.requests(ServiceSweeps.pictures).count == 13)
  }

  @Test func `what is chosen there changes no picture, and stays chosen`() throws {
    let service = try sweeps.service("lived-in")
    let result = try sweeps.sweep(service, ["a cube"], "--ratios", "0,0.5")
    #expect(result.status == 0 && result.errors.contains("2 of 2 pictures made"), "\(result)")
    let asked = try service.requests(ServiceSweeps.pictures)
    #expect(asked.count == 3)
    // It would be true afterwards.
    for request in asked { #expect(try overrides(request)["keep_incomplete"] == nil) }
    let left = try service.requests("options")
    #expect(left.count == 3)
    for options in left.map(\.body) {
      #expect(
        options["token_merging_method"] as? String == "ToDo" && options["tome_ratio"] as? Double == 0.3)
      #expect(options["todo_ratio"] as? Double == 0.5 && options["keep_incomplete"] as? Bool == false)
      #expect(
        options["prompt_attention"] as? String == "compel"
          && options["schedulers_sigma"] as? String == "exponential")
    }
  }

  @Test func `what was never changed there stays as it was delivered`() throws {
    let service = try sweeps.service()
    #expect(try sweeps.sweep(service, ["a cube"], "--ratios", "0,0.5").status == 0)
    let left = try service.requests("options")
    #expect(left.count == 3)
    for options in left.map(\.body) {
      #expect(options["token_merging_method"] as? String == "None" && options["tome_ratio"] as? Double == 0)
      #expect(
        options["keep_incomplete"] as? Bool == true && options["prompt_attention"] as? String == "native")
      #expect(options["schedulers_sigma"] as? String == "default")
    }
  }

  @Test(arguments: [
    (["--sx", "4"], "--sx is nothing that --engine sdnext can be asked for"),
    (["--merge-crossattn"], "--merge-crossattn"), (["--eta", "0.5"], "--eta"),
    (["--merge-variant", "tomesd"], "SD.Next draws nothing at random (use_rand is off there)"),
    (["--merge-variant", "comfyui"], "--merge-variant comfyui is no rule of SD.Next"),
    (["--merge-variant", "todo"], "SD.Next's ToDo thins by a factor of 2 whatever its ratio is"),
    (["--guidance-scale", "0.5"], "guidance_scale 0.5: SD.Next calls everything below 1 a scale of 1"),
    (["--scheduler", "heun"], "scheduler 'heun'"), (["--size", "60x48"], "SD.Next needs multiples of 8"),
    (
      ["--negative-prompt", "{red|blue}"],
      "the negative prompt has '{red|blue}', which SD.Next takes for words to choose from; leave it out"
    ),
    (["--workflow", "x.json"], "--workflow is for --engine comfyui"),
    (["--api-auth", "secret"], "user:password"),
    (["--prompt-syntax", "comfyui"], "--prompt-syntax comfyui is for --engine comfyui"),
  ]) func `what SD.Next cannot be asked for is refused before the first picture`(
    words: [String], message: String
  ) throws {
    try sweeps.expectRefused(sweeps.service(), words, message)
  }

  @Test(arguments: [
    ("noapi", "has no /sdapi/v1/options; is it SD.Next? AUTOMATIC1111's web UI is --engine webui: Not Found"),
    ("stranger", "answers /sdapi/v1/version with something else than it should: it is no SD.Next"),
    ("jpeg", "sends pictures as jpg, whose compression would move every score; set 'File format'"),
    ("delivered", "sends pictures as jpg"),
    ("hypertile", "merges no tokens while its own option 'HyperTile UNet' (hypertile_unet_enabled) is on"),
  ]) func `a service that would make no pictures to compare is refused before the first one`(
    mode: String, message: String
  ) throws {
    try sweeps.expectRefused(sweeps.service(mode), [], message)
  }

  @Test func `AUTOMATIC1111's web UI is told apart`() throws {
    let others = try ServiceSweeps(.webui)
    try sweeps.expectRefused(
      others.service(), [],
      "has no /sdapi/v1/version; is it SD.Next? AUTOMATIC1111's web UI is --engine webui")
    withExtendedLifetime(others) {}
  }

  @Test(arguments: [
    // What breaks while it samples is written to its log, and answered with no picture.
    ("breaks", "it has no picture; why, only SD.Next's log says"),
    // With --freeze the options of a request are not taken.
    ("frozen", "made another picture than was asked for: prompt_attention native, not fixed"),
  ]) func `a picture that is none, or another one, fails alone`(mode: String, message: String) throws {
    let result = try sweeps.sweep(
      sweeps.service(mode), ["a cube", "a bad cube", "a cone"], "--ratios", "0")
    #expect(result.status == 3 && result.errors.contains("2 of 3 pictures made, 1 failed"), "\(result)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func `prompts in the web UI's language go to the parser that reads it, and are another run`() throws {
    let service = try sweeps.service()
    #expect(try sweeps.sweep(service, ["a (red) [cube]"], "--ratios", "0").status == 0)
    let meant = try sweeps.sweep(
      service, ["a (red) [cube]"], "--ratios", "0", "--prompt-syntax", "webui", "--json")
    #expect(try meant.json()["made"] as? Int == 1)
    let asked = try service.requests(ServiceSweeps.pictures)
    #expect(Set(asked.compactMap { $0.body["prompt"] as? String }) == ["a (red) [cube]"])
    #expect(
      Set(try asked.compactMap { try overrides($0)["prompt_attention"] as? String }) == ["fixed", "a1111"])
  }

  @Test func `doctor says what is at the other end, and whether a ratio changes anything`() throws {
    let fine = try sweeps.doctor("good")
    #expect(fine.status == 0, "\(fine)")
    for line in [
      "engine: sdnext 0eb4a98e0 of 2026-04-04, torch 2.7.1+cu126", "device: NVIDIA GeForce RTX 4090\n",
      "checkpoint: v1-5-pruned-emaonly, hash 6ce0161689",
      "ratio: 0.75 changes 100.0 % of the values of a picture of 4 steps at 64x48; it took 1.25 s, and 2.00 s at ratio 0",
    ] {
      #expect(fine.output.contains(line), "\(fine.output)")
    }
    let old = try sweeps.doctor("old")
    #expect(old.status == 0 && old.output.contains("device: an unknown device"), "\(old)")
    let livedIn = try sweeps.doctor("lived-in")
    #expect(livedIn.status == 0 && livedIn.output.contains("Made with RNG CPU."), "\(livedIn)")
    let deaf = try sweeps.doctor("deaf")
    #expect(deaf.status == 2 && deaf.output.contains("merging does nothing here"), "\(deaf)")
    #expect(!FileManager.default.fileExists(atPath: sweeps.run))
  }
}
