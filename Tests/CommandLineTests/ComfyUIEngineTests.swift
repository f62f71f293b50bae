import Foundation
import ReferenceFixtures
import Testing

/// Sweeps whose pictures ComfyUI makes, or what stands for it.
@Suite(.enabled(if: TestService.canRun))
struct ComfyUIEngineTests {
  private let folder: TemporaryFolder
  private var run: String { folder.url.appendingPathComponent("run").path }

  init() throws { folder = try TemporaryFolder() }

  private func service(_ mode: String = "good") throws -> TestService {
    try TestService("comfyui", mode, in: folder.url)
  }

  private static let workflow = TestService.folder.appendingPathComponent("workflow.json").path

  private func words(_ service: TestService, _ prompts: [String], _ further: [String]) throws -> [String] {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data(prompts.joined(separator: "\n").utf8).write(to: file)
    return [
      "sweep", "--engine", "comfyui", "--url", service.url, "--prompts", file.path, "--output", run,
    ] + (further.contains("--workflow") ? [] : ["--workflow", Self.workflow]) + further
  }

  private func sweep(_ service: TestService, _ prompts: [String], _ further: String...) throws -> Tool.Result
  {
    // It ends with the object.
    try withExtendedLifetime(service) { try Tool.run(words(service, prompts, further)) }
  }

  private func workflows(_ service: TestService) throws -> [[String: [String: Any]]] {
    try service.requests("/prompt").map { try #require($0.body["prompt"] as? [String: [String: Any]]) }
  }

  private func inputs(_ workflow: [String: [String: Any]], _ node: String) -> [String: Any] {
    workflow[node]?["inputs"] as? [String: Any] ?? [:]
  }

  @Test func `the workflow is run with each picture's prompt, seed and ratio, and the clock there counts`()
    throws
  {
    let service = try service()
    let result = try sweep(
      service, ["a (red) cube", "a cone"], "--ratios", "0,0.25,0.5", "--seeds", "0,18446744073709551615")
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("12 of 12 pictures made"), "\(result.errors)")
    let workflows = try workflows(service)
    // One more before the first that counts, of another seed, and two null checks.
    #expect(workflows.count == 15)
    #expect((inputs(workflows[0], "3")["seed"] as? NSNumber)?.uint64Value != 0)
    let counted = workflows.dropFirst()
    #expect(Set(counted.compactMap { (inputs($0, "3")["seed"] as? NSNumber)?.uint64Value }) == [0, .max])
    #expect(Set(counted.compactMap { inputs($0, "6")["text"] as? String }) == [#"a \(red\) cube"#, "a cone"])
    // The unmerged ones go without the node; the null checks are one through it at 0, and one more at 0.5.
    let ratios = counted.map { inputs($0, "tome-eval")["ratio"] as? Double }
    let expected: [(ratio: Double?, count: Int)] = [(nil, 4), (0, 1), (0.25, 4), (0.5, 5)]
    for (ratio, count) in expected { #expect(ratios.count { $0 == ratio } == count, "\(ratios)") }
    for workflow in counted {
      let model = inputs(workflow, "3")["model"] as? [Any]
      #expect(model?.first as? String == (workflow["tome-eval"] == nil ? "4" : "tome-eval"))
      #expect(
        inputs(workflow, "7")["text"] as? String == "text, watermark"
          && inputs(workflow, "3")["steps"] as? Int == 4)
    }
    // 2 s against 1.5 s.
    #expect(result.output.contains(/1\.3[1-5]×/), "\(result.output)")
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(page.contains("comfyui 0.3.40, torch 2.7.0+cu128 on cuda:0 NVIDIA GeForce RTX 4090"))
    #expect(page.contains("v1-5-pruned-emaonly.safetensors") && !page.contains("null check failed"))
    let again = try sweep(
      service, ["a (red) cube", "a cone"], "--ratios", "0,0.25,0.5", "--seeds", "0,18446744073709551615")
    #expect(again.status == 0 && again.errors.contains("nothing to do"), "\(again)")
  }

  @Test(arguments: [
    (
      "refuses",
      "Prompt outputs failed validation: node 3 (KSampler): Value not in list: sampler_name: 'euler'"
    ),
    ("fails", "fails at node 3 (KSampler): torch.OutOfMemoryError: CUDA out of memory"),
    ("drops", "broke the connection at /prompt"),
    ("hangs", "has not finished a picture within 2 s (--timeout)"),
  ]) func `what goes wrong with a picture is said of it, and the others are made`(
    mode: String, message: String
  ) throws {
    let prompts = ["a cube", "a bad cube", "a cone"]
    let service = try service(mode)
    let result = try sweep(service, prompts, "--ratios", "0", "--no-checks", "--timeout", "2")
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains("2 of 3 pictures made, 1 failed") && result.errors.contains(message),
      "\(result.errors)")
    if mode == "hangs" {
      let asked = try service.requests("/interrupt")
      #expect(asked.count == 1 && asked[0].body["prompt_id"] is String)
    }
    let healed = try sweep(self.service(), prompts, "--ratios", "0", "--no-checks", "--json").json()
    #expect(healed["made"] as? Int == 1 && healed["reused"] as? Int == 2)
  }

  @Test func `a picture that was not sampled is refused, and so is one without a time`() throws {
    let cached = try sweep(service("cached"), ["a cube"], "--ratios", "0", "--no-checks")
    #expect(
      cached.status == 3 && cached.errors.contains("answers from its cache, without sampling"), "\(cached)")
    let untimed = try sweep(service("untimed"), ["a cube"], "--ratios", "0", "--no-checks")
    #expect(
      untimed.status == 3 && untimed.errors.contains("does not say when the picture began"), "\(untimed)")
  }

  @Test func `what ComfyUI keeps is made again where it has to be`() throws {
    let service = try service()
    #expect(try sweep(service, ["a cube"], "--ratios", "0", "--no-checks").status == 0)
    try FileManager.default.removeItem(atPath: run)
    // The warm-up has displaced it. Once more, the picture itself is the last that was made.
    let result = try sweep(service, ["a cube"], "--ratios", "0", "--no-checks", "--json")
    #expect(try result.json()["made"] as? Int == 1, "\(result)")
  }

  @Test(arguments: [
    (["--sx", "4"], "--sx is nothing that --engine comfyui can be asked for"), (["--no-rand"], "--no-rand"),
    (["--max-downsample", "2"], "--max-downsample"), (["--merge-mlp"], "--merge-mlp"),
    (["--attention", "plain"], "--attention"), (["--original-size", "64"], "--original-size"),
    (["--merge-variant", "tomesd"], "merges by the rule comfyui and no other"),
    (["--scheduler", "unipc"], "scheduler 'unipc'"), (["--scheduler", "deis"], "scheduler 'deis'"),
    (["--node", "seed=3"], "names no input"),
    (["--node", "seed=99.inputs.seed"], "workflow.json: it has no node '99'"),
    (["--workflow", "/nowhere.json"], "--workflow /nowhere.json: cannot be read"),
  ]) func `what ComfyUI cannot be asked for is refused before the first picture`(
    words: [String], message: String
  )
    throws
  {
    let service = try service()
    let result = try Tool.run(self.words(service, ["a cube"], words))
    #expect(result.status == 2 && result.errors.contains(message), "\(result)")
    #expect(try service.requests("/prompt").isEmpty)
  }

  @Test func `a workflow as the page keeps it, and none at all, are told how to export one`() throws {
    let page = folder.url.appendingPathComponent("page.json")
    try Data(#"{"nodes": [{"id": 3, "type": "KSampler"}], "links": [], "version": 0.4}"#.utf8).write(to: page)
    let service = try service()
    let result = try sweep(service, ["a cube"], "--workflow", page.path)
    #expect(result.status == 2 && result.errors.contains("export it with Save (API Format)"), "\(result)")
    let none = try Tool.run("sweep", "--engine", "comfyui", "--output", run)
    #expect(none.status == 2 && none.errors.contains("pass it with --workflow FILE"), "\(none)")
  }

  @Test func `a ComfyUI without the node, and what is no ComfyUI, are refused`() throws {
    let missing = try sweep(service("missing"), ["a cube"])
    #expect(missing.status == 2 && missing.errors.contains("has no node TomePatchModel"), "\(missing)")
    let other = try sweep(TestService("webui", "good", in: folder.url), ["a cube"])
    #expect(other.status == 2 && other.errors.contains("is it a ComfyUI?"), "\(other)")
    let guarded = try sweep(service("auth"), ["a cube"])
    #expect(guarded.status == 2 && guarded.errors.contains("pass them with --api-auth"), "\(guarded)")
  }

  @Test func `the workflow's own settings give way to options`() throws {
    let service = try service()
    let result = try sweep(
      service, ["a cube"], "--ratios", "0", "--no-checks", "--steps", "7", "--guidance-scale", "2.5",
      "--size",
      "128x96", "--scheduler", "dpmsolver++-karras", "--negative-prompt", "blurry")
    #expect(result.status == 0, "\(result)")
    let workflow = try #require(try workflows(service).last)
    let sampler = inputs(workflow, "3")
    #expect(sampler["steps"] as? Int == 7 && sampler["cfg"] as? Double == 2.5)
    #expect(sampler["sampler_name"] as? String == "dpmpp_2m" && sampler["scheduler"] as? String == "karras")
    #expect(
      inputs(workflow, "5")["width"] as? Int == 128 && inputs(workflow, "7")["text"] as? String == "blurry")
  }

  @Test func `Ctrl-C stops ComfyUI and the sweep, and keeps what is there`() throws {
    let service = try service("hangs")
    let running = try Tool.start(words(service, ["a cube", "a bad cube"], ["--ratios", "0", "--no-checks"]))
    while running.isRunning, try service.requests("/prompt").count < 3 { Thread.sleep(forTimeInterval: 0.05) }
    Thread.sleep(forTimeInterval: 0.3)
    running.send(SIGINT)
    let result = try running.finish()
    #expect(result.status == 130 && result.errors.contains("1 of 2 pictures made"), "\(result)")
    #expect(try service.requests("/interrupt").count == 1 && service.requests("/queue").count == 1)
  }

  @Test func `doctor says what is at the other end, and whether a ratio changes anything`() throws {
    func doctor(_ mode: String) throws -> Tool.Result {
      let service = try service(mode)
      return try withExtendedLifetime(service) {
        try Tool.run(
          "doctor", "--engine", "comfyui", "--url", service.url, "--workflow", Self.workflow, "--output", run)
      }
    }
    let fine = try doctor("good")
    #expect(fine.status == 0, "\(fine)")
    for line in [
      "engine: comfyui 0.3.40, torch 2.7.0+cu128", "device: cuda:0 NVIDIA GeForce RTX 4090",
      "checkpoint: v1-5-pruned-emaonly.safetensors",
      "ratio: 0.75 changes 100.0 % of the values of a picture of 4 steps at 64x48; it took 1.25 s, and 2.00 s at ratio 0",
    ] {
      #expect(fine.output.contains(line), "\(fine.output)")
    }
    let deaf = try doctor("deaf")
    #expect(deaf.status == 2 && deaf.output.contains("merging does nothing here"), "\(deaf)")
  }
}
