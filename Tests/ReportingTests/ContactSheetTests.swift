import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import Wording

@testable import Reporting

@Suite struct `A contact sheet` {
  private static func small(_ texts: [String] = ["a corgi", "an owl", "a volcano"]) -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = texts.enumerated().map {
      PromptRecord(row: $0.offset + 1, text: $0.element, category: "Animals", challenge: "Basic")
    }
    run.size = 16
    return run
  }

  private static func html(_ contents: RunContents, in folder: URL) throws -> String {
    try ContactSheet(contents, Comparison(contents), Gallery(contents, in: folder))
      .html()
  }

  @Test func `shows every picture once, with its prompt and a fixed size`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let html = try Self.html(contents, in: folder)
      #expect(contents.samples.count == 24)
      for path in contents.samples.compactMap(\.path) {
        #expect(html.split(separator: "<img src=\"\(path)\"", omittingEmptySubsequences: false).count == 2)
      }
      #expect(html.matches(of: /alt="an owl" width="16" height="16" loading="lazy"/).count == 8)
      #expect(html.matches(of: /<li class="row"/).count == 6)
    }
  }

  @Test func `escapes everything that comes from outside`() throws {
    try withTemporaryFolder { folder in
      // The last is a quotation mark that Swift sees as half of one character.
      let hostile = [
        "<script>alert(1)</script>", "\" onerror=\"alert(1)", "{{headline}} & 'more'",
        "\"\u{301}><img src=x>",
      ]
      var run = Self.small(hostile)
      run.note = "<b>bold</b> note"
      run.clips = ["<i>clip</i>"]
      let html = try Self.html(try run.make(in: folder), in: folder)
      for dangerous in ["<script>alert", "\" onerror=", "\"\u{301}>", "<img src=x", "<b>bold", "<i>clip"] {
        #expect(
          !html.unicodeScalars.map(String.init).joined(separator: "|").contains(
            dangerous.unicodeScalars.map(String.init).joined(separator: "|")))
      }
      #expect(html.contains("<h3 dir=\"auto\">&lt;script&gt;alert(1)&lt;/script&gt;</h3"))
      #expect(html.contains("<h3 dir=\"auto\">{{headline}} &amp; &#39;more&#39;</h3"))
    }
  }

  @Test func `gives the templates all that its rows hold`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small(["a corgi"]).make(in: folder)
      let row = try #require(Sheet(contents, Gallery(files: [:]), margin: nil).rows.first)
      let cell = try #require(row.cells.last)
      let score = try #require(cell.scores.first)
      let sortValue = try #require(cell.sortValues.first)
      let known: [(value: Any, child: (String) -> Any?)] = [
        (row, { row.child(named: $0) }), (cell, { cell.child(named: $0) }),
        (score, { score.child(named: $0) }), (sortValue, { sortValue.child(named: $0) }),
      ]
      for (value, child) in known {
        for property in Mirror(reflecting: value).children {
          let name = try #require(property.label)
          #expect(child(name) != nil, "\(name)")
        }
      }
    }
  }

  @Test func `loads nothing from anywhere else`() throws {
    try withTemporaryFolder { folder in
      let html = try Self.html(try Self.small().make(in: folder), in: folder)
      #expect(!html.contains("http://") && !html.contains("https://"))
      #expect(!html.contains("@import") && !html.contains("fetch(") && !html.contains("type=\"module\""))
      for reference in html.matches(of: /(?:src|href)="([^"]*)"/).map(\.1) {
        #expect(
          ["images/", "differences/", "#"].contains { reference.hasPrefix($0) }
            || ["data:,", "pictures.csv", "ratios.csv"].contains(reference))
      }
      #expect(html.contains("default-src 'none'"))
      let nonces = Set(html.matches(of: /nonce="([a-z0-9]+)"/).map { String($0.1) })
      #expect(nonces.count == 1)
    }
  }

  @Test func `shows failed, missing and identical pictures as what they are`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.fate = { prompt, variant, seed in
        guard prompt.row == 1, seed == 0 else { return nil }
        return variant.ratio == 0.5 ? .failed : variant.ratio == 0.7 ? .pending : nil
      }
      run.isIdentical = { prompt, variant, seed in prompt.row == 2 && variant.ratio == 0.3 && seed == 0 }
      let contents = try run.make(in: folder)
      let lost = try #require(contents.samples.first { $0.promptID == 3 && $0.state == .done }?.path)
      try FileManager.default.removeItem(at: folder.appendingPathComponent(lost))
      let html = try Self.html(contents, in: folder)
      #expect(html.contains("Failed: not finite after step 3"))
      #expect(html.contains("Not made yet"))
      #expect(html.contains("The file \(lost) is gone"))
      #expect(html.contains("<dt>PSNR</dt><dd>identical</dd>"))
      #expect(html.matches(of: /<span class="same">identical/).count == 1)
      #expect(html.contains("1 picture failed"))
    }
  }

  @Test func `puts the largest loss first`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let sheet = Sheet(contents, try Gallery(contents, in: folder), margin: nil)
      let worst = sheet.rows.map { row in
        row.cells.flatMap(\.sortValues).filter { $0.key == Sheet.changeKey }.compactMap { Double($0.number) }
          .min()
      }
      #expect(worst.count == 6)
      for (earlier, later) in zip(worst, worst.dropFirst()) {
        #expect(try #require(earlier) <= (try #require(later)))
      }
    }
  }

  @Test func `takes its pictures along to another folder`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let elsewhere = folder.appendingPathComponent("copy of it")
      let page = try Report(sources: [.init(contents, in: folder)]).write(to: elsewhere)
      #expect(FileManager.default.fileExists(atPath: page.path))
      for path in contents.samples.compactMap(\.path) {
        #expect(FileManager.default.fileExists(atPath: elsewhere.appendingPathComponent(path).path))
      }
    }
  }

  @Test func `that cannot be written says where and why`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let blocked = folder.appendingPathComponent("file")
      try Data("x".utf8).write(to: blocked)
      let error = try #require(throws: ReportError.self) {
        try Report(sources: [.init(contents, in: folder)]).write(to: blocked.appendingPathComponent("report"))
      }
      #expect(error.description.contains(blocked.path))
    }
  }

  @Test func `shows the comparison's numbers, and LPIPS of a run that has it`() throws {
    try withTemporaryFolder { folder in
      func shown(_ run: SyntheticRun, _ name: String) throws -> (comparison: Comparison, html: String) {
        let folder = folder.appendingPathComponent(name)
        let contents = try run.make(in: folder)
        return (Comparison(contents), try Self.html(contents, in: folder))
      }
      var run = Self.small()
      let (comparison, html) = try shown(run, "without")
      for row in comparison.rows {
        let difference = try #require(row.difference?.difference)
        #expect(html.contains(">\(NumberText.signed(difference.value, 2, minus: .typographic))</a></b>"))
      }
      #expect(!html.contains("data-label=\"LPIPS\""))
      run.lpips = "alex"
      let with = try shown(run, "with").html
      #expect(
        with.contains(
          "<td role=\"cell\" data-label=\"LPIPS\"><a class=\"behind\" href=\"#sort=lpips&amp;at=0.3\">0.")
          && with.contains("<dt>LPIPS</dt><dd>0."))
      run.clips = []
      #expect(try shown(run, "pixels").html.contains("No CLIP checkpoint"))
    }
  }

  @Test func `shows distances as shares of a seed change`() throws {
    try withTemporaryFolder { folder in
      var contents = try Self.small().make(in: folder)
      let rmse = try #require(contents.measure(.rmse))
      contents.seedNoise = contents.prompts.map {
        SeedNoiseRecord(
          promptID: $0.id, seedA: 0, seedB: 1, metric: .rmse, scorerID: rmse.scorer.id, value: 50,
          picture: "", reference: "")
      }
      let html = try Self.html(contents, in: folder)
      #expect(html.contains("Of a seed change</abbr> (RMSE)"))
      let share = try #require(Comparison(contents).rows[1].seedShare)
      let bounds = try #require(share.interval)
      let interval = [bounds.lower, bounds.upper].map { NumberText.fixed($0 * 100, 0) }.joined(
        separator: ", ")
      #expect(
        html.contains(
          try Regex(
            "\(NumberText.percent(share.value))</a> <span class=\"interval\"><a [^>]*>\\[\(interval)\\]</a></span>"
          )))
    }
  }
}
