import Foundation
import Images
import Machine
import ReferenceFixtures
import ResultStore
import Testing

/// The commands on good input.
@Suite struct CommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  @Test func `generate makes the same picture from the same command, and score tells the difference`() throws
  {
    let arguments = ["generate", "--prompt", "a red cube", "--steps", "2", "--seed", "7", "--json"]
    let first = try Tool.run(arguments + ["--output", path("a.png")])
    let json = try first.json()
    #expect(first.status == 0)
    #expect(json["size"] as? [Int] == [256, 256])
    #expect(json["seed"] as? Int == 7)
    #expect((json["step_seconds"] as? [Double])?.count == 2)
    #expect(json["effective_ratio"] as? Double == 0)
    #expect(json["path"] as? String == path("a.png"))
    for key in ["seconds_per_step", "text_seconds", "decode_seconds", "total_seconds", "peak_memory_bytes"] {
      #expect(try #require(json[key] as? Double) > 0)
    }
    _ = try Tool.run(arguments + ["--output", path("b.png")])
    let merged = try Tool.run(arguments + ["--output", path("c.png"), "--ratio", "0.9"])
    #expect(merged.errors.contains("acts as 0.75"))
    #expect(try merged.json()["effective_ratio"] as? Double == 0.75)

    let same = try Tool.run(
      "score", "--prompt", "a red cube", path("a.png"), "--baseline", path("b.png"), "--json"
    ).json()
    #expect(same["identical"] as? Bool == true)
    #expect(same["psnr"] is NSNull)
    #expect(same["mae"] as? Double == 0 && same["rmse"] as? Double == 0 && same["ssim"] as? Double == 1)
    #expect(abs(try #require(same["clip_image"] as? Double) - 100) < 1e-3)
    let other = try Tool.run("score", path("c.png"), "--baseline", path("a.png"), "--json").json()
    #expect(other["identical"] as? Bool == false)
    #expect(try #require(other["psnr"] as? Double) > 5)
    #expect(try #require(other["ssim"] as? Double) < 1)
    #expect(other["clip_score"] is NSNull)
    let text = try PNGCodec.decode(URL(fileURLWithPath: path("c.png"))).text
    #expect(text.contains { $0.value.contains("Token merging ratio: 0.9") })
  }

  @Test func `seeds of 64 bits go all the way, from the command line to the page`() throws {
    let (large, small) = ("18446744073709551615", "4294967295")
    for seed in [large, small] {
      let made = try Tool.run([
        "generate", "--prompt", "an owl", "--steps", "1", "--size", "64", "--ratio", "0.5", "--seed", seed,
        "--output", path(seed + ".png"), "--json",
      ])
      #expect(made.output.contains("\"seed\" : \(seed)"), "\(made)")
      let text = try PNGCodec.decode(URL(fileURLWithPath: path(seed + ".png"))).text
      #expect(text.contains { $0.value.contains("Seed: \(seed),") })
      #expect(text.contains { $0.value.contains("\"seed\":\(seed)") })
    }
    // torch's generator takes 32 of the bits.
    let same = try Tool.run("score", path(large + ".png"), "--baseline", path(small + ".png"), "--json")
      .json()
    #expect(same["identical"] as? Bool == true)
    let run = path("run")
    let sweep = [
      "sweep", "--limit", "1", "--steps", "1", "--size", "64", "--ratios", "0,0.5", "--output", run,
      "--seeds", "\(large),7,9223372036854775808",
    ]
    #expect(try Tool.run(sweep).status == 0)
    #expect(try Tool.run(sweep + ["--json"]).json()["reused"] as? Int == 6)
    let compared = try Tool.run("compare", "--output", run, "--worst", "1", "--json")
    #expect(
      compared.output.filter { !$0.isWhitespace }.contains("\"seeds\":[\(large),7,9223372036854775808]"))
    #expect(try Tool.run("verify", "--samples", "6", "--seed", large, "--output", run).status == 0)
    let page = try String(contentsOf: URL(fileURLWithPath: run + "/index.html"), encoding: .utf8)
    #expect(page.contains("data-s=\"\(large)\"") && page.contains("seeds \(large), 7, 9223372036854775808"))
    let table = try String(contentsOf: URL(fileURLWithPath: run + "/pictures.csv"), encoding: .utf8)
    #expect(table.split(whereSeparator: \.isNewline).count { $0.contains(",\(large),") } == 2)
  }

  @Test func `threads, and the kind of attention, do not change what a picture shows`() throws {
    let arguments = ["generate", "--prompt", "an owl", "--steps", "2", "--ratio", "0.5"]
    for (name, more) in [
      ("1", ["--threads", "1"]), ("2", ["--threads", "2"]), ("p", ["--attention", "plain"]),
    ] {
      #expect(try Tool.run(arguments + more + ["--output", path(name + ".png")]).status == 0)
    }
    func score(_ name: String) throws -> [String: Any] {
      try Tool.run("score", path(name), "--baseline", path("1.png"), "--json").json()
    }
    #expect(try score("2.png")["identical"] as? Bool == true)
    #expect(try #require(score("p.png")["mae"] as? Double) < 0.1)
  }

  @Test func `OpenBLAS multiplies where it is asked for, and is named`() throws {
    let openBLAS = ["--matrix-products", "openblas"]
    for (name, more) in [("own", ["--matrix-products", "builtin"]), ("blas", openBLAS)] {
      let arguments = ["generate", "--prompt", "an owl", "--steps", "2", "--ratio", "0.5"]
      #expect(try Tool.run(arguments + more + ["--output", path(name + ".png")]).status == 0)
    }
    let score = try Tool.run("score", path("blas.png"), "--baseline", path("own.png"), "--json").json()
    #expect(try #require(score["mae"] as? Double) < 0.1)

    let sweep = ["sweep", "--limit", "1", "--ratios", "0", "--steps", "1", "--output", path("run")]
    let swept = try Tool.run(sweep + openBLAS)
    #expect(swept.status == 0, "\(swept.errors)")
    let store = try ResultStore(URL(fileURLWithPath: path("run/tome-eval.sqlite")))
    let contents = try store.contents(ofRun: store.latestRun().id)
    #expect(try #require(contents.executions.first).machine.kernelSet.hasPrefix("OpenBLAS "))
    let verified = try Tool.run(["verify", "--samples", "1", "--output", path("run")] + openBLAS)
    #expect(verified.status == 0, "\(verified.output)")

    let doctor = try Tool.run(["doctor", "--no-time", "--output", path("run")] + openBLAS).output
    #expect(doctor.contains(/\nmatrix products: .*OpenBLAS .*, held at 1 thread,/), "\(doctor)")
    #expect(try Tool.run("--version").output.contains(", matrix products "))
  }

  @Test func `a run in bfloat16 is not verified by OpenBLAS`() throws {
    let run = path("run")
    let swept = try Tool.run(
      "sweep", "--limit", "1", "--ratios", "0", "--steps", "1", "--precision", "bf16", "--output", run)
    #expect(swept.status == 0, "\(swept.errors)")
    let refused = try Tool.run("verify", "--output", run, "--matrix-products", "openblas")
    #expect(refused.status == 2 && refused.errors.contains(" is bfloat16; leave out"), "\(refused.errors)")
  }

  @Test func `a sweep adds the baseline and writes a report, which compare and report read again`() throws {
    let run = path("run")
    let sweep = try Tool.run(
      "sweep", "--limit", "2", "--ratios", "0.5", "--seeds", "0,1", "--steps", "1", "--output", run)
    #expect(sweep.status == 0, "\(sweep.errors)")
    #expect(sweep.errors.contains("ratio 0 was added"))
    #expect(sweep.output.contains("report: \(run)/index.html"))
    let compared = try Tool.run("compare", "--output", run, "--json")
    #expect(try compared.json()["prompts"] as? Int == 2)
    #expect(try Tool.run("compare", "--output", run).output.contains("0.5"))
    let gate = try Tool.run("compare", "--output", run, "--fail-if", "speedup > 0", "--only", "0.5")
    #expect(gate.status == 1)
    #expect(gate.errors.contains("gate failed: speedup > 0 (ratio 0.5 has"))
    let junit = try Tool.run(
      "compare", "--output", run, "--fail-if", "speedup > 0", "--only", "0.5", "--format", "junit")
    #expect(junit.status == 1 && junit.errors == gate.errors)
    #expect(junit.output.hasPrefix("<?xml ") && junit.output.hasSuffix("</testsuites>\n"))
    #expect(junit.output.contains(">gate failed: speedup &gt; 0 (ratio 0.5 has"))
    let clear = try Tool.run(
      "compare", "--output", run, "--fail-if", "clip_score.delta < -100", "--margin", "mlperf", "--by",
      "length",
      "--worst", "1", "--format", "markdown")
    #expect(clear.status == 0, "\(clear.errors)")
    let wrong = try Tool.run("compare", "--output", run, "--fail-if", "clip_scor.delta < -1")
    #expect(wrong.status == 2 && wrong.errors.contains("^^^^^^^^^^^^^^^"))
    #expect(try Tool.run("compare", "--output", run, "--against", "0.9").status == 2)
    let same = try Tool.run(
      "compare", "--output", run, "--against-store", run + "/tome-eval.sqlite", "--metric", "rmse", "--json")
    #expect(same.status == 0, "\(same.errors)")
    #expect(
      try same.json()["notes"] as? [String] == [
        "8 pictures matched by prompt, seed, merging, steps and sampling"
      ])
    let report = try Tool.run("report", "--output", run, "--to", path("page"))
    #expect(report.status == 0)
    let page = try String(contentsOf: URL(fileURLWithPath: path("page/index.html")), encoding: .utf8)
    #expect(page.contains("<html"))
    let copies = try FileManager.default.contentsOfDirectory(atPath: path("page/images"))
    #expect(copies.filter { $0.hasSuffix(".png") }.count == 8)
  }

  @Test func `compare pairs two stores by what they share, and counts the rest`() throws {
    func sweep(_ name: String, _ more: String...) throws {
      let made = try Tool.run(["sweep", "--steps", "1", "--no-checks", "--output", path(name)] + more)
      #expect(made.status == 0, "\(made.errors)")
    }
    try sweep("before", "--limit", "2", "--ratios", "0,0.5")
    try sweep("after", "--limit", "1", "--ratios", "0,0.5,0.7", "--seeds", "0,1")
    try sweep("small", "--limit", "1", "--ratios", "0", "--size", "128x128")
    func compare(_ name: String, _ more: String...) throws -> Tool.Result {
      try Tool.run(
        ["compare", "--output", path("after"), "--against-store", path(name) + "/tome-eval.sqlite"] + more)
    }
    let json = try compare("before", "--json").json()
    let rows = try #require(json["ratios"] as? [[String: Any]])
    #expect(rows.map { $0["label"] as? String } == ["0", "0.5"])
    #expect(rows.map { ($0["score"] as? [String: Any])?["delta"] as? Double } == [0, 0], "\(rows)")
    let notes = try #require(json["notes"] as? [String])
    #expect(notes.first?.hasPrefix("2 pictures matched") == true)
    #expect(
      notes.filter { $0.hasPrefix("UNMATCHED") }.map { $0.prefix(22) } == [
        "UNMATCHED: 4 pictures ", "UNMATCHED: 2 pictures ",
      ])
    #expect(try compare("before").output.contains("UNMATCHED: 4 pictures"))
    let apart = try compare("small")
    #expect((apart.output + apart.errors).contains("size 256x256 / 128x128"), "\(apart)")
  }

  @Test func `a sweep over merging rules and steps tells its variants apart`() throws {
    let run = path("run")
    let sweep = try Tool.run(
      "sweep", "--limit", "1", "--ratios", "0,0.5", "--merge-variant", "tomesd,comfyui", "--sweep",
      "steps=1,2",
      "--equal-time", "--output", run)
    #expect(sweep.status == 0, "\(sweep.errors)")
    let rows = try #require(
      try Tool.run("compare", "--output", run, "--json").json()["ratios"] as? [[String: Any]])
    let labels = rows.compactMap { $0["label"] as? String }
    #expect(
      Set(["0.5", "0.5 comfyui", "0.5 steps 1", "0.5 comfyui steps 1"]).isSubset(of: labels), "\(labels)")
    #expect(labels.contains { $0 == "0 steps 1" || $0.hasPrefix("1 step (time of") })
    #expect(rows.allSatisfy { $0["images"] as? Int == 1 })
    #expect(
      rows.allSatisfy { $0["damage_frayed_edges"] is Int && $0["damage_lost_object"] is Int }, "\(rows)")
    let webui = try Tool.run(
      "generate", "--prompt", "x", "--steps", "1", "--ratio", "0.5", "--merge-variant", "webui", "--output",
      path("w.png"))
    #expect(webui.status == 0, "\(webui.errors)")
    let text = try PNGCodec.decode(URL(fileURLWithPath: path("w.png"))).text
    #expect(text.contains { $0.value.contains("Token merging variant: webui") })
  }

  @Test func `pictures that fail are told by the exit code`() throws {
    let result = try Tool.run(
      "sweep", "--limit", "1", "--ratios", "0", "--steps", "2", "--guidance-scale", "1e300", "--json",
      "--output", path("run"))
    #expect(result.status == 3)
    #expect(try result.json()["failed"] as? Int == 1)
  }

  @Test func `doctor finds the machine and the bundled model in order`() throws {
    let result = try Tool.run("doctor", "--json", "--output", path("run"))
    #expect(result.status == 0, "\(result.output)")
    let findings = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: String]])
    let subjects = findings.compactMap { $0["subject"] }
    #expect(Set(["processor", "kernels", "model", "CLIP", "disk", "store"]).isSubset(of: subjects))
    #expect(findings.allSatisfy { $0["state"] != "error" })
    let verdict = try #require(findings.last?["detail"])
    #expect(
      verdict.hasPrefix("ready: about ") && verdict.hasSuffix(" a picture; next: tome-eval sweep"),
      "\(verdict)")
    #expect(
      try Tool.run("doctor", "--no-time", "--output", path("run")).output.hasSuffix(
        "verdict: ready; next: tome-eval sweep\n"))
    let none = try Tool.run("doctor", "--model", path("none"), "--output", path("run"))
    #expect(none.status == 2 && none.output.contains("verdict: error: not ready: "), "\(none.output)")
  }

  @Test func `doctor says what to do about what it found`() throws {
    let store = path("foreign.sqlite")
    try Data(
      "not SQLite at all, but longer than the header that every database begins with, which has one hundred"
        .utf8
    )
    .write(to: URL(fileURLWithPath: store))
    let result = try Tool.run("doctor", "--store", store, "--output", path("run"))
    #expect(result.status == 2 && result.output.contains("pass another --store"), "\(result.output)")
  }

  @Test func `doctor lists how every convolution is computed`() throws {
    let result = try Tool.run("doctor", "--layers", "--size", "128x192", "--precision", "bf16", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let listing = try result.json()
    #expect(listing["width"] as? Int == 128 && listing["precision"] as? String == "bf16")
    let layers = try #require(listing["layers"] as? [[String: Any]])
    for part in ["unet", "vae"] {
      let some = layers.filter { $0["part"] as? String == part }
      #expect(abs(some.compactMap { $0["cost_share"] as? Double }.reduce(0, +) - 1) < 1e-9)
    }
    let methods = Set(layers.compactMap { $0["method"] as? String })
    #expect(methods.isSuperset(of: ["pointwise", "winograd"]))
    let table = try Tool.run("doctor", "--layers")
    #expect(table.status == 0 && table.output.contains("down_blocks.0.resnets.0.conv1"))
    #expect(try Tool.run("doctor", "--layers", "--size", "130x130").status == 2)
    #expect(try Tool.run("doctor", "--layers", "--size", "130").errors.contains("130x130"))
    #expect(try Tool.run("doctor", "--size", "128x128").status == 2)
  }

  @Test func `doctor measures how the parts of a step scale with threads`() throws {
    let command = ["doctor", "--scaling", "--size", "128x128", "--threads", "2", "--rounds", "1"]
    let result = try Tool.run(command + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["width"] as? Int == 128 && report["ratio"] as? Double == 0.5)
    let step = try #require(report["step"] as? [String: Any])
    let parts = try #require(report["parts"] as? [[String: Any]])
    let names = parts.compactMap { $0["part"] as? String }
    #expect(
      Set(names).isSuperset(of: [
        "convolution", "self_attention", "cross_attention", "merging", "linear", "elementwise", "sampling",
      ]), "\(names)")
    for key in ["loops", "chunks"] {
      #expect(parts.compactMap { $0[key] as? Int }.reduce(0, +) == step[key] as? Int)
    }
    func timings(_ part: [String: Any]) throws -> [[String: Any]] {
      try #require(part["timings"] as? [[String: Any]])
    }
    for (index, threads) in [1, 2].enumerated() {
      let whole = try timings(step)[index]
      #expect(whole["threads"] as? Int == threads)
      let (seconds, outside) = (whole["seconds"] as? Double ?? 0, whole["outside"] as? Double ?? -1)
      #expect(seconds > 0 && 0...seconds ~= outside)
      // Of one round the parts add up to the step.
      let sum = try parts.reduce(0.0) { $0 + (try timings($1)[index]["seconds"] as? Double ?? 0) }
      #expect(abs(sum - seconds) < 1e-6)
      #expect(try #require(whole["imbalance"] as? Double) > 1 - 1e-9)
    }
    for prediction in try #require(step["predictions"] as? [[String: Any]]) {
      let threads = try #require(prediction["threads"] as? Int)
      #expect(1...Double(threads) + 1e-9 ~= (prediction["loop_speed_up"] as? Double ?? 0))
    }
    #expect((report["places"] as? [Any])?.isEmpty == false)
    #expect((report["verdict"] as? [String])?.count == 4)

    let unmerged = try Tool.run(command + ["--ratio", "0"])
    #expect(
      unmerged.status == 0 && unmerged.output.contains("of a step on one thread lies in parallel loops"))
    #expect(unmerged.output.contains("no merging") && !unmerged.output.contains("token merging"))
    #expect(try Tool.run("doctor", "--scaling", "--size", "130x130").status == 2)
  }

  @Test func `help and version end well`() throws {
    let help = try Tool.run("--help")
    #expect(help.status == 0 && help.output.contains("sweep") && help.errors.isEmpty)
    for command in [
      "sweep", "report", "compare", "generate", "score", "verify", "explain", "bench", "metrics", "doctor",
    ] {
      let result = try Tool.run(command, "--help")
      #expect(result.status == 0 && result.output.contains("tome-eval \(command)"))
    }
    let version = try Tool.run("--version")
    #expect(version.status == 0 && version.output.hasPrefix("0."))
  }
}
