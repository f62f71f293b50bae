import Comparisons
import Foundation
import Images
import PictureFiles
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Reporting

@Suite struct `A report` {
  static func small(_ prompts: Int = 3) -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(prompts))
    run.size = 16
    return run
  }

  static func source(_ run: SyntheticRun, in folder: URL) throws -> Report.Source {
    Report.Source(try run.make(in: folder), in: folder)
  }

  static func references(_ html: String) -> [String] {
    html.matches(of: /(?:src|href|data-difference|poster|action)="([^"]*)"/).map { String($0.1) }
  }

  @Test(arguments: [16, 400])
  func `as a single file holds everything, each picture once`(size: Int) throws {
    try withTemporaryFolder { folder in
      var run = Self.small(1)
      run.size = size
      let source = try Self.source(run, in: folder.appendingPathComponent("run"))
      let file = folder.appendingPathComponent("elsewhere/one.html")
      let bytes = try Report(sources: [source]).writeSingleFile(to: file)
      let html = try String(contentsOf: file, encoding: .utf8)
      #expect(html.utf8.count == bytes)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path) == [
          "one.html"
        ])
      let references = Self.references(html)
      for reference in references {
        #expect(reference.hasPrefix("data:") || reference.hasPrefix("#"), "\(reference.prefix(40))")
      }
      #expect(html.contains("img-src data:;") && !html.contains("'self'") && !html.contains("file:"))
      #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("url(data"))
      let pictures = references.filter { $0.hasPrefix("data:image/png;base64,") }
      #expect(Set(pictures).count == pictures.count)
      // Two baselines and six variants with their heat maps, large ones with thumbnails.
      #expect(pictures.count == 8 + 6 + (size > 320 ? 8 : 0))
      let decoded = try pictures.map { uri in
        let data = try #require(Data(base64Encoded: String(uri.dropFirst("data:image/png;base64,".count))))
        return try PNGCodec.decode([UInt8](data)).image
      }
      for sample in source.contents.samples {
        let original = try PNGCodec.decode(
          source.folders.store.appendingPathComponent(try #require(sample.path))
        ).image
        #expect(decoded.contains(original))
      }
      let table = try #require(
        html.firstMatch(of: /href="data:text\/csv;charset=utf-8;base64,([^"]*)" download="pictures.csv"/)
      ).1
      let csv = String(decoding: try #require(Data(base64Encoded: String(table))), as: UTF8.self)
      #expect(csv.hasPrefix("run,prompt_row,prompt,"))
    }
  }

  @Test func `loads itself again while the sweep runs, and not afterwards`() throws {
    try withTemporaryFolder { folder in
      let source = try Self.source(Self.small(), in: folder)
      let progress = LiveProgress(
        finished: 9, total: 24, secondsLeft: 300, date: Date(timeIntervalSince1970: 0))
      let page = try Report(sources: [source], progress: progress).write(to: folder)
      let running = try String(contentsOf: page, encoding: .utf8)
      #expect(running.contains("<meta http-equiv=\"refresh\" content=\"20\">"))
      #expect(running.contains("9 of 24 pictures are made; about 5 min left. As of 00:00:00 UTC"))
      #expect(running.contains("<progress max=\"24\" value=\"9\"") && running.contains("Preliminary: "))
      try Report(sources: [source]).write(to: folder)
      let final = try String(contentsOf: page, encoding: .utf8)
      #expect(!final.contains("http-equiv=\"refresh\"") && !final.contains("<progress"))
      #expect(!final.contains("Preliminary: "))
    }
  }

  @Test(arguments: [
    (LiveProgress(finished: 1, total: 1, secondsLeft: nil), "1 of 1 picture is made."),
    (
      LiveProgress(finished: 0, total: 9, secondsLeft: 12),
      "0 of 9 pictures are made; less than a minute left."
    ),
    (LiveProgress(finished: 5, total: 9, secondsLeft: 70), "5 of 9 pictures are made; about 1 min left."),
    (
      LiveProgress(finished: 5, total: 9, secondsLeft: 36_000),
      "5 of 9 pictures are made; about 10 h left."
    ),
  ])
  func `says how far a sweep is`(progress: LiveProgress, sentence: String) {
    #expect(progress.sentence == sentence)
  }

  @Test func `shows memory, effective ratios and warnings beside the rows they concern`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small(8)
      run.ratios = [0, 0.3, 0.9]
      run.isIdentical = { _, variant, _ in variant.ratio == 0.3 }
      var contents = try run.make(in: folder)
      for index in contents.samples.indices {
        contents.samples[index].peakMemoryBytes = (200 + Int(contents.samples[index].variantID)) << 20
      }
      contents.nullChecks = [
        NullCheckRecord(runID: contents.run.id, kind: .zeroRatio, outcome: .failed, detail: "other bits")
      ]
      let links = SheetLinks(sortKeys: []) { $0.label }
      let table = RatioTable(Comparison(contents), caption: "Differences", links: links)
      func cells(_ label: String) throws -> [RatioTable.Cell] {
        try table.lines.map { line in try #require(line.cells.first { $0.label == label }) }
      }
      #expect(table.lines.map(\.ratio) == ["0", "0.3", "0.9"])
      #expect(table.lines.map(\.isBaseline) == [true, false, false])
      #expect(try cells("Effective ratio").map(\.text) == ["", "0.3", "0.75"])
      #expect(try cells("Effective ratio").map(\.cellClass) == [nil, nil, "capped"])
      #expect(try cells("Memory").map(\.text) == ["201 MiB", "202 MiB", "203 MiB"])
      #expect(table.lines[0].warnings == ["null check failed: other bits"])
      #expect(table.lines[1].warnings.first == "no effect: every picture is identical to its baseline")
      #expect(table.lines[2].warnings.contains { $0.hasPrefix("capped: 0.9 merges no more than 0.75") })
    }
  }

  @Test func `says what there is to say about times, and no word without any`() throws {
    try withTemporaryFolder { folder in
      func page(_ name: String, _ run: SyntheticRun) throws -> String {
        let folder = folder.appendingPathComponent(name)
        let source = try Self.source(run, in: folder)
        return try String(contentsOf: try Report(sources: [source]).write(to: folder), encoding: .utf8)
          .replacing(/(?s)<(script|style)\b.*?<\/\1>/, with: "")
      }
      var run = Self.small(20)
      run.seconds = { prompt, variant, _, usual in
        switch variant.ratio {
        case 0.3: prompt.position % 2 == 0 ? 5 : 3.4
        case 0.5: prompt.position == 0 ? 30 * usual : usual
        default: usual
        }
      }
      let timed = try page("timed", run)
      for words in [
        "<dt>Speed-up</dt>", "no measurable difference", "against speed-up",
        "timing is noisy here: 20 of 40 merged pictures were slower than their baselines",
        "the median of the prompts, as outlying times of 1 of 20 prompts", "times as fast",
      ] { #expect(timed.contains(words), "\(words)") }
      run.seconds = { _, _, _, _ in nil }
      let timeless = try page("timeless", run).lowercased()
      for word in [
        "speed", "faster", "slower", "times as fast", "s / picture", "seconds", "timing", "times,",
      ] {
        #expect(!timeless.contains(word), "\(word)")
      }
    }
  }

  @Test func `lists everyone who made pictures, and every scorer`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small(8)
      run.clips = ["vit-b", "<i>\" onload=x"]
      run.lpips = "alex"
      run.executions.append(SyntheticRun.execution(cpu: "Another CPU", version: "0.0.9"))
      run.maker = { _, variant, _ in variant.ratio == 0.5 ? 1 : 0 }
      let source = try Self.source(run, in: folder)
      let html = try String(contentsOf: try Report(sources: [source]).write(to: folder), encoding: .utf8)
      for words in [
        "<h3>Made by (1)</h3>", "<h3>Made by (2)</h3>", "tome-eval’s own pipeline",
        "Another CPU, 2 threads of 4 cores",
        "<dt>Pictures</dt><dd>48</dd>", "<dt>Pictures</dt><dd>16</dd>", "tome-eval 0.0.9",
        "<h3>Command line (2)</h3>", "<dt>CLIP</dt><dd>vit-b, fingerprint vit-b</dd>",
        "<dt>CLIP</dt><dd>&lt;i&gt;&quot; onload=x, fingerprint",
        "<dt>LPIPS</dt><dd>alex, fingerprint alex</dd>",
        "speed: 16 of 16 pairs were made on different machines",
      ] { #expect(html.contains(words), "\(words)") }
      // Both scores in the table, the captions, the choices to sort by, and in no attribute's name.
      #expect(html.contains("data-label=\"CLIP score (&lt;i&gt;&quot; onload=x)\""))
      #expect(html.contains("<dt>CLIP score (vit-b)</dt><dd>") && html.contains("<dt>CLIP score (&lt;i&gt;"))
      #expect(
        html.contains("<option value=\"clip_score_2\">CLIP score (&lt;i&gt;")
          && html.contains(" data-clip_score_2=\""))
      #expect(!html.contains("<i>") && !html.contains("\" onload"))
      let csv = try String(contentsOf: folder.appendingPathComponent("pictures.csv"), encoding: .utf8)
      #expect(csv.contains(",clip_score,\"clip_score@<i>\"\" onload=x\",clip_image,"))
    }
  }
}
