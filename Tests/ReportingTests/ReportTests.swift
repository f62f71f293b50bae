import Foundation
import Images
import ReferenceFixtures
import ResultStore
import Testing

@testable import Reporting

@Suite struct `A report` {
  private static func small(_ prompts: Int = 3) -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(prompts))
    run.size = 16
    return run
  }

  private static func source(_ run: SyntheticRun, in folder: URL) throws -> Report.Source {
    let contents = try run.make(in: folder)
    return Report.Source(contents, comparison: Comparison(contents), folder: folder)
  }

  private static func references(_ html: String) -> [String] {
    html.matches(of: /(?:src|href|data-difference|poster|action)="([^"]*)"/).map { String($0.1) }
  }

  @Test(arguments: [16, 400])
  func `as a single file holds everything, each picture once`(size: Int) throws {
    try withTemporaryFolder { folder in
      var run = Self.small(1)
      run.size = size
      let source = try Self.source(run, in: folder.appendingPathComponent("run"))
      let file = folder.appendingPathComponent("elsewhere/one.html")
      let bytes = try Report(source).writeSingleFile(to: file)
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
          source.folder.appendingPathComponent(try #require(sample.imagePath))
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
      let page = try Report(source, progress: progress).write(to: folder)
      let running = try String(contentsOf: page, encoding: .utf8)
      #expect(running.contains("<meta http-equiv=\"refresh\" content=\"20\">"))
      #expect(running.contains("9 of 24 pictures are made; about 5 minutes left. As of 00:00:00 UTC"))
      #expect(running.contains("<progress max=\"24\" value=\"9\"") && running.contains("Preliminary: "))
      try Report(source).write(to: folder)
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
    (LiveProgress(finished: 5, total: 9, secondsLeft: 70), "5 of 9 pictures are made; about 1 minute left."),
    (
      LiveProgress(finished: 5, total: 9, secondsLeft: 36_000),
      "5 of 9 pictures are made; about 10 hours left."
    ),
  ])
  func `says how far a sweep is`(progress: LiveProgress, sentence: String) {
    #expect(progress.sentence == sentence)
  }

  @Test func `of two runs aligns their pictures, and says which one lacks a row`() throws {
    try withTemporaryFolder { folder in
      var before = Self.small(3)
      before.ratios = [0, 0.5]
      var after = Self.small(4)
      after.prompts.removeFirst()
      after.ratios = [0, 0.3, 0.5]
      after.seeds = [1, 2]
      after.effect = -9
      let first = try Self.source(after, in: folder.appendingPathComponent("after"))
      let second = try Self.source(before, in: folder.appendingPathComponent("before"))
      let page = try Report(first, beside: second).write(to: folder.appendingPathComponent("page"))
      #expect(page.lastPathComponent == "comparison.html")
      let html = try String(contentsOf: page, encoding: .utf8)
      // A against B, A, and B.
      #expect(html.matches(of: /<table class="ratios"/).count == 3)
      #expect(html.contains("UNMATCHED: ") && html.contains("Two runs side by side. CLIP score against run"))

      let galleries = [Gallery(files: [:]), Gallery(files: [:])]
      let sheet = Sheet(
        zip([first, second], galleries).enumerated().map { index, run in
          Sheet.Run(
            contents: run.0.contents, gallery: run.1, mark: RunMark.letter(index),
            margin: run.0.comparison.margin)
        })
      // Prompts 47 and 54 are in both, 61 in A, 40 in B; seed 1 in both, 2 in A, 0 in B.
      #expect(
        Set(sheet.rows.map { "\($0.promptRow) \($0.seed)" }) == [
          "47 1", "47 2", "47 0", "54 1", "54 2", "54 0", "61 1", "61 2", "B40 1", "B40 0",
        ])
      func row(_ prompt: String, _ seed: Int) throws -> Sheet.Row {
        try #require(sheet.rows.first { $0.promptRow == prompt && $0.seed == seed })
      }
      let shared = try row("47", 1)
      #expect(shared.cells.map(\.ratio) == ["A 0", "A 0.3", "A 0.5", "B 0", "B 0.5"])
      #expect(shared.cells.map(\.isBaseline) == [true, false, false, true, false])
      #expect(shared.cells[1].heading == "A · Ratio 0.3" && shared.cells[3].label == "B · 0")
      #expect(shared.source == "row 47, seed 1")
      let onlyA = try row("61", 2)
      #expect(onlyA.cells.map(\.missing) == [nil, nil, nil, "Run B has no such prompt"])
      #expect(onlyA.source == "row 61, seed 2, only in A")
      #expect(try row("54", 0).cells.map(\.missing) == ["Run A has no seed 0", nil, nil])
      #expect(try row("B40", 1).cells.map(\.missing).first == "Run A has no such prompt")
      #expect(Set(sheet.ratios.map(\.value)) == ["A 0.3", "A 0.5", "B 0.5"])

      // The files of the two folders meet in the page's without one taking the other's name.
      let references = Self.references(html).filter { $0.hasSuffix(".png") }
      #expect(references.contains { $0.hasPrefix("images/") })
      #expect(references.contains { $0.hasPrefix("run-synthetic/images/") })
      for reference in references {
        let file = page.deletingLastPathComponent().appendingPathComponent(
          reference.removingPercentEncoding ?? "")
        #expect(FileManager.default.fileExists(atPath: file.path), "\(reference)")
      }
      let csv = try String(
        contentsOf: page.deletingLastPathComponent().appendingPathComponent("comparison-pictures.csv"),
        encoding: .utf8)
      #expect(csv.split(separator: "\r\n").count == 1 + 18 + 12)
    }
  }

  @Test func `of two runs without a picture in common is refused with the reason`() throws {
    try withTemporaryFolder { folder in
      let first = try Self.source(Self.small(), in: folder.appendingPathComponent("a"))
      func refusal(_ name: String, _ change: (inout SyntheticRun) -> Void) throws -> String {
        var run = Self.small()
        change(&run)
        let other = try Self.source(run, in: folder.appendingPathComponent(name))
        let error = try #require(throws: ReportError.self) { try Report(first, beside: other) }
        return error.description
      }
      #expect(try refusal("b") { $0.size = 32 }.contains("they differ in size (16x16, 32x32)"))
      #expect(try refusal("c") { $0.seeds = [7] }.contains("no seed is in both"))
      #expect(
        try refusal("d") { $0.prompts = [PromptRecord(row: 1, text: "else")] }.contains(
          "no prompt is in both"))
      #expect(
        try refusal("e") { $0.seeds = [7] }.hasPrefix("runs 'synthetic' and 'synthetic' cannot be laid"))
    }
  }

  @Test func `shows memory, effective ratios and warnings beside the rows they concern`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small(8)
      run.ratios = [0, 0.3, 0.9]
      run.isIdentical = { _, variant, _ in variant.ratio == 0.3 }
      let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), create: true)
      var contents = try run.make(in: folder)
      for index in contents.samples.indices {
        contents.samples[index].peakMemoryBytes = (200 + Int(contents.samples[index].variantID)) << 20
      }
      contents.nullChecks = [
        NullCheckRecord(runID: contents.run.id, kind: .zeroRatio, outcome: .failed, detail: "other bits")
      ]
      withExtendedLifetime(store) {}
      let table = RatioTable(
        Comparison(contents), VerdictSentence(minus: .typographic), caption: "Differences")
      #expect(table.lines.map(\.ratio) == ["0", "0.3", "0.9"])
      #expect(
        table.lines.map(\.effective) == ["", "0.3", "0.75"]
          && table.lines.map(\.isCapped) == [false, false, true])
      #expect(table.lines.map(\.memory) == ["201 MiB", "202 MiB", "203 MiB"])
      #expect(table.lines[0].warnings == ["null check failed: other bits"])
      #expect(table.lines[1].warnings.first == "no effect: every picture is identical to its baseline")
      #expect(table.lines[2].warnings.contains { $0.hasPrefix("capped: 0.9 merges no more than 0.75") })
      #expect(NumberText.memory(7_838_315_315) == "7.3 GiB")
    }
  }
}
