import Foundation
import ReferenceFixtures
import Testing

/// Sweeps whose pictures the web UI makes, or what stands for it.
@Suite(.enabled(if: TestService.canRun))
struct WebUIEngineTests {
  private let sweeps: ServiceSweeps

  init() throws { sweeps = try ServiceSweeps(.webui) }

  @Test func `the web UI is asked for everything by its own names, and its pictures and seconds are taken`()
    throws
  {
    let service = try sweeps.service()
    let further = [
      "--ratios", "0,0.25,0.5", "--seeds", "0,18446744073709551615", "--scheduler", "dpmsolver++-karras",
    ]
    let result = try Tool.run(sweeps.words(service, ["a (red) cube", "a cone"], further))
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("12 of 12 pictures made"), "\(result.errors)")
    let asked = try service.requests(ServiceSweeps.pictures)
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
    let page = try String(contentsOfFile: sweeps.run + "/index.html", encoding: .utf8)
    #expect(
      page.contains("webui v1.10.1, torch 2.1.2+cu121, seconds of its own clock on NVIDIA GeForce RTX 4090"))
    #expect(page.contains("v1-5-pruned-emaonly"))
    // Again it does nothing, and asks for no picture.
    #expect(try Tool.run(sweeps.words(service, ["a (red) cube", "a cone"], further)).status == 0)
    #expect(try service.requests(ServiceSweeps.pictures).count == 13)
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
    try sweeps.expectRefused(sweeps.service(), words, message)
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
    try sweeps.expectRefused(sweeps.service(mode), [], message)
  }

  @Test func `prompts in the web UI's language are sent as they are, and are another run`() throws {
    let service = try sweeps.service()
    #expect(try sweeps.sweep(service, ["a (red) AND [cube]"], "--ratios", "0").status == 0)
    let meant = try sweeps.sweep(
      service, ["a (red) AND [cube]"], "--ratios", "0", "--prompt-syntax", "webui", "--json")
    #expect(try meant.json()["made"] as? Int == 1)
    let prompts = Set(
      try service.requests(ServiceSweeps.pictures).compactMap { $0.body["prompt"] as? String })
    #expect(prompts == [#"a \(red\) and \[cube\]"#, "a (red) AND [cube]"])
  }

  @Test
  func
    `an older web UI has schedule types in its samplers' names, and one without a clock is timed from here`()
    throws
  {
    let old = try sweeps.service("old")
    #expect(try sweeps.sweep(old, ["a cube"], "--ratios", "0", "--scheduler", "DPM++ 2M Karras").status == 0)
    let request = try #require(try old.requests(ServiceSweeps.pictures).first?.body)
    #expect(request["sampler_name"] as? String == "DPM++ 2M Karras" && request["scheduler"] == nil)
    #expect(try sweeps.sweep(sweeps.service("clockless"), ["a cone"], "--ratios", "0").status == 0)
    let page = try String(contentsOfFile: sweeps.run + "/index.html", encoding: .utf8)
    #expect(page.contains("seconds around the request"))
  }

  @Test func `doctor says what is at the other end, and whether a ratio changes anything`() throws {
    let fine = try sweeps.doctor("good")
    #expect(fine.status == 0, "\(fine)")
    for line in [
      "engine: webui v1.10.1", "device: NVIDIA GeForce RTX 4090",
      "checkpoint: v1-5-pruned-emaonly, hash 6ce0161689",
      "ratio: 0.75 changes 100.0 % of the values of a picture of 4 steps at 64x48; it took 1.25 s, and 2.00 s at ratio 0",
      "CLIP: warning: none",
    ] {
      #expect(fine.output.contains(line), "\(fine.output)")
    }
    let deaf = try sweeps.doctor("deaf")
    #expect(deaf.status == 2 && deaf.output.contains("merging does nothing here"), "\(deaf)")
    let merging = try sweeps.doctor("merging")
    #expect(
      merging.status == 2 && merging.output.contains("its own option 'Token merging ratio'"), "\(merging)")
    #expect(!FileManager.default.fileExists(atPath: sweeps.run))
  }
}
