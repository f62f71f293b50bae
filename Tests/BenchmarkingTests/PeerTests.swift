import CheckpointForms
import Checkpoints
import DemoCheckpoint
import Foundation
import Machine
import StableDiffusion
import Testing
import TokenMerging

@testable import Benchmarking

/// What is asked of a peer, and what becomes of its answers; a shell stands for the interpreter.
@Suite struct PeerTests {
  let turn = BenchmarkTurn(
    subject: .random(.sd15),
    item: BenchmarkCase(width: 64, height: 128, merging: MergingOptions(ratio: 0.25)),
    repeats: 2, threads: 3)

  func run(_ items: [BenchmarkCase]) -> BenchmarkRun {
    BenchmarkRun(
      subject: turn.subject, cases: items, rounds: 1, repeats: 2, threads: 3, memoryLimit: nil)
  }

  /// As the script is given it.
  func request(_ turn: BenchmarkTurn) throws -> [String: Any] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let object = try JSONSerialization.jsonObject(with: encoder.encode(PeerTurn(turn)))
    return try #require(object as? [String: Any])
  }

  func outcome(_ script: String) throws -> TurnOutcome {
    try PeerProcess(python: "/bin/sh", script: script).run(turn, cancellation: Cancellation())
  }

  @Test func `random weights are asked for by their configurations`() throws {
    let request = try request(turn)
    #expect(request["peer"] as? String == "torch" && request["part"] as? String == "unet")
    #expect(
      request["width"] as? Int == 64 && request["height"] as? Int == 128 && request["factor"] as? Int == 8)
    #expect(request["repeats"] as? Int == 2 && request["threads"] as? Int == 3 && request["model"] == nil)
    let merging = try #require(request["merging"] as? [String: Any])
    #expect(
      Set(merging.keys) == [
        "ratio", "max_downsample", "sx", "sy", "use_rand", "merge_attn", "merge_crossattn", "merge_mlp",
      ])
    #expect(merging["ratio"] as? Double == 0.25 && merging["use_rand"] as? Bool == true)
    let texts = try #require(request["configurations"] as? [String: String])
    #expect(Set(texts.keys) == ["unet/config.json", "vae/config.json", "text_encoder/config.json"])
    let vae = try JSONSerialization.jsonObject(with: Data(try #require(texts["vae/config.json"]).utf8))
    let types = try #require((vae as? [String: Any])?["down_block_types"] as? [String])
    // diffusers' own default is a single one.
    #expect(types == Array(repeating: "DownEncoderBlock2D", count: 4))
  }

  @Test func `a folder's weights are asked for by their variant`() throws {
    var turn = turn
    turn.subject = .checkpoint(CheckpointLocation(path: try DemoCheckpoint.folder().path))
    turn.item.merging = nil
    let request = try request(turn)
    #expect(request["model"] as? String == (try DemoCheckpoint.folder().path))
    #expect((request["variants"] as? [String: String]) == [:] && request["merging"] == nil)
    #expect(request["configurations"] == nil && request["factor"] as? Int == 4)
    turn.subject = .checkpoint(
      CheckpointLocation(path: try DemoCheckpoint.folder().path, vae: "vae.safetensors"))
    let error = #expect(throws: BenchmarkError.self) { try PeerTurn(turn) }
    #expect(error?.description.contains("--vae") == true)
  }

  @Test func `a rule that tomesd has not is refused`() throws {
    var turn = turn
    turn.item.merging = MergingOptions(ratio: 0.5, variant: .todo)
    let error = #expect(throws: BenchmarkError.self) { try PeerTurn(turn) }
    #expect(error?.description.contains("todo") == true)
    turn.item.merging = MergingOptions(ratio: 0.5, variant: .webui)
    let merging = try #require(try request(turn)["merging"] as? [String: Any])
    #expect(merging["use_rand"] as? Bool == false)
  }

  @Test func `figures come back behind what libraries print`() throws {
    let figures = #"{"first_seconds": 2, "runs": [0.5, 0.75], "peak_memory_bytes": 7, "threads": 3}"#
    // The shell's $0 is the request.
    let script = """
      case "$0" in *'"threads":3'*) echo hello; echo '\(figures)';; esac; echo warning >&2
      """
    #expect(
      try outcome(script)
        == .measured(BenchmarkFigures(firstSeconds: 2, seconds: [0.5, 0.75], peakMemoryBytes: 7)))
  }

  @Test(arguments: [
    (#"echo '{"first_seconds": 2, "runs": [0.5, 1], "peak_memory_bytes": 7, "threads": 4}'"#, "4 threads"),
    (#"echo '{"first_seconds": 2, "runs": [0.5], "peak_memory_bytes": 7, "threads": 3}'"#, "gave 1 runs"),
    (#"echo '{"first_seconds": 2, "runs": [0.5, 0], "peak_memory_bytes": 7, "threads": 3}'"#, "no time"),
    ("echo nonsense", "no figures"), ("echo 'ImportError: what' >&2; exit 1", "ImportError: what"),
    ("kill -9 $$", "ended with 9"),
  ]) func `any other answer is a failure`(script: String, words: String) throws {
    guard case .failed(let reason) = try outcome(script) else {
      Issue.record("\(script) is taken for an answer")
      return
    }
    #expect(reason.contains(words), "\(reason)")
  }

  @Test func `the peer says what it is before anything is measured`() throws {
    func introduce(_ script: String, python: String = "/bin/sh") throws -> BenchmarkPeer {
      try PeerProcess(python: python, script: script).introduce(
        to: run([turn.item]), cancellation: Cancellation())
    }
    let peer = try introduce(
      #"echo '{"python": "3.12", "versions": {"torch": "2", "tomesd": "1"}, "threads": 3}'"#)
    #expect(peer.label == "Python 3.12, tomesd 1, torch 2" && peer.threads == 3 && peer.command == "/bin/sh")
    for (script, python, words) in [
      (#"echo '{"python": "3.12", "versions": {}, "threads": 1}'"#, "/bin/sh", "--threads 1"),
      ("echo nonsense", "/bin/sh", "which versions"),
      ("echo 'no working package' >&2; exit 1", "/bin/sh", "no working package"),
      ("", "/none/python", "/none/python"),
    ] {
      let error = #expect(throws: BenchmarkError.self) { try introduce(script, python: python) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
    let other = BenchmarkCase(width: 64, height: 64, merging: MergingOptions(ratio: 0.5, variant: .comfyui))
    let error = #expect(throws: BenchmarkError.self) {
      try PeerProcess(python: "/bin/sh", script: "exit 1").introduce(
        to: run([other]), cancellation: Cancellation())
    }
    #expect(error?.description.contains("comfyui") == true)
  }

  @Test func `the script is part of the program`() {
    #expect(PeerProcess.torchScript.contains("tomesd.apply_patch"))
    // Linux takes arguments of 128 KiB.
    #expect(PeerProcess.torchScript.utf8.count < 64 << 10)
  }
}
