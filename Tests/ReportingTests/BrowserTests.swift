import Foundation
import ReferenceFixtures
import ResultStore
import Testing

@testable import Reporting

@Suite(
  .enabled(if: Chromium.binary != nil, "needs a browser: apt-get install chromium"), .serialized,
  .timeLimit(.minutes(5)))
struct `In a real browser, the contact sheet` {
  /// Runs `probe` (statements that fill the object `seen`) inside the page and returns what it saw.
  private func see(
    _ probe: String, hash: String = "", width: Int? = nil, prompts: [PromptRecord]? = nil
  ) throws -> (seen: [String: Any], console: [String], contents: RunContents) {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = prompts ?? Array(SyntheticRun.samplePrompts.prefix(7))
      run.size = 32
      run.isIdentical = { prompt, variant, seed in prompt.row == 40 && variant.ratio == 0.5 && seed == 0 }
      let contents = try run.make(in: folder)
      let page = try Reporting.writeContactSheet(
        contents: contents, comparison: Comparison(contents), runFolder: folder, to: folder)
      var html = try String(contentsOf: page, encoding: .utf8)
      let nonce = try #require(html.firstMatch(of: /nonce="([a-z0-9]+)"/)).1
      let script = """
        <script nonce="\(nonce)">addEventListener("load", () => { const seen = {};
        const key = (name, type = "keydown") => document.activeElement.dispatchEvent(
          new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true }));
        const choose = (name, value) => { const field = document.querySelector(".tools").elements[name];
          field.value = value; field.dispatchEvent(new Event("input", { bubbles: true })); };
        const shown = () => [...document.querySelectorAll(".row")].filter((row) => !row.hidden).map((row) => row.id);
        const text = (selector) => document.querySelector(selector).textContent;
        \(probe)
        parent.postMessage(JSON.stringify(seen), "*"); });</script>
        </body>
        """
      html = html.replacing("</body>", with: script)
      try Data(html.utf8).write(to: page)
      // The frame gives the page a phone's width, which a headless window may not have.
      let frame = folder.appendingPathComponent("frame.html")
      try Data(
        """
        <body><iframe src="index.html\(hash)" style="border:0;width:\(width ?? 1200)px;height:900px"></iframe>
        <script>addEventListener("message", (event) => { const seen = document.createElement("pre");
        seen.textContent = event.data; document.body.append(seen); });</script>
        """.utf8
      ).write(to: frame)
      let (document, console) = try Chromium.open(
        frame.absoluteString, profile: folder.appendingPathComponent("profile"))
      let answer = try #require(document.firstMatch(of: /<pre>(.*)<\/pre>/), "the page's script did not run")
        .1
      let unescaped = answer.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing(
        "&amp;", with: "&")
      let seen = try #require(
        try JSONSerialization.jsonObject(with: Data(unescaped.utf8)) as? [String: Any])
      return (seen, console, contents)
    }
  }

  @Test func `sorts by the store's numbers`() throws {
    let (seen, console, contents) = try see(
      """
      seen.first = shown();
      choose("sort", "order"); seen.order = shown();
      choose("sort", "psnr"); choose("ratio", "0.5"); seen.psnr = shown();
      choose("sort", "mae"); seen.mae = shown();
      """)
    #expect(console == [])
    let variant = try #require(contents.variants.first { $0.ratio == 0.5 })
    var rows: [(anchor: String, psnr: Double, mae: Double, order: Int)] = []
    for prompt in contents.prompts {
      for seed in [0, 1] {
        let sample = try #require(
          contents.samples.first {
            $0.promptID == prompt.id && $0.variantID == variant.id && $0.seed == seed
          })
        func score(_ metric: ScoreMetric) -> Double? {
          contents.scores.first { $0.sampleID == sample.id && $0.metric == metric }?.value
        }
        rows.append(
          ("p\(prompt.row)-s\(seed)", score(.psnr) ?? .infinity, try #require(score(.mae)), rows.count))
      }
    }
    #expect(seen["order"] as? [String] == rows.map(\.anchor))
    #expect(
      seen["psnr"] as? [String] == rows.sorted { ($0.psnr, $0.order) < ($1.psnr, $1.order) }.map(\.anchor))
    #expect(
      seen["mae"] as? [String] == rows.sorted { (-$0.mae, $0.order) < (-$1.mae, $1.order) }.map(\.anchor))
    let written = Sheet(contents) { _ in true }.rows.map(\.anchor)
    #expect(seen["first"] as? [String] == written)
  }

  @Test func `filters by category, challenge and words`() throws {
    let (seen, console, _) = try see(
      """
      choose("sort", "order");
      choose("category", "Animals"); seen.animals = shown();
      choose("challenge", "Basic"); seen.basic = shown(); seen.count = text("#count");
      choose("category", ""); choose("challenge", ""); choose("text", "BLUE cube"); seen.words = shown();
      choose("text", "zebra"); seen.none = shown(); seen.nothing = document.querySelector(".nothing").hidden;
      """)
    #expect(console == [])
    #expect(seen["animals"] as? [String] == ["p40-s0", "p40-s1", "p47-s0", "p47-s1", "p82-s0", "p82-s1"])
    #expect(seen["basic"] as? [String] == ["p40-s0", "p40-s1", "p82-s0", "p82-s1"])
    #expect(seen["count"] as? String == "4 of 14 rows")
    #expect(seen["words"] as? [String] == ["p54-s0", "p54-s1"])
    #expect(seen["none"] as? [String] == [])
    #expect(seen["nothing"] as? Bool == false)
  }

  @Test func `opens a picture by link, and obeys the viewer's keys`() throws {
    let (seen, console, _) = try see(
      """
      const viewer = document.getElementById("viewer");
      const label = () => text(".viewer-label");
      seen.open = viewer.open; seen.label = label();
      seen.source = document.querySelector(".viewer-variant").getAttribute("src");
      seen.focusInside = viewer.contains(document.activeElement);
      key("1"); seen.one = label();
      key(" "); seen.blink = label() + document.querySelector(".viewer-under").hidden;
      key(" ", "keyup"); seen.back = label();
      key("0"); seen.zero = label(); key("3"); seen.three = label();
      const before = text(".viewer-prompt"); key("ArrowRight"); key("ArrowLeft");
      seen.same = text(".viewer-prompt") === before;
      seen.hash = location.hash; viewer.close();
      document.querySelector("#p54-s1 [data-ratio='0.3'] a").click();
      seen.clicked = location.hash;
      """, hash: "#p47-s0-r0.5")
    #expect(console == [])
    #expect(seen["open"] as? Bool == true)
    #expect(seen["label"] as? String == "Ratio 0.5")
    #expect(seen["source"] as? String == "images/47-s0-r0.5.png")
    #expect(seen["focusInside"] as? Bool == true)
    #expect(seen["one"] as? String == "Ratio 0.3")
    #expect(seen["blink"] as? String == "Baselinefalse")
    #expect(seen["back"] as? String == "Ratio 0.3")
    #expect(seen["zero"] as? String == "Baseline")
    #expect(seen["three"] as? String == "Ratio 0.7")
    #expect(seen["same"] as? Bool == true)
    #expect(seen["hash"] as? String == "#p47-s0-r0.7")
    #expect(seen["clicked"] as? String == "#p54-s1-r0.3")
  }

  @Test(arguments: [360, 768, 1280])
  func `never scrolls sideways`(_ width: Int) throws {
    let word = String(repeating: "unbreakable", count: 12)
    let prompts = SyntheticRun.samplePrompts.suffix(3) + [PromptRecord(row: 900, text: word, category: word)]
    let (seen, console, _) = try see(
      "seen.inner = innerWidth; seen.content = document.documentElement.scrollWidth;", width: width,
      prompts: Array(prompts))
    #expect(console == [])
    #expect(seen["inner"] as? Int == width)
    #expect(try #require(seen["content"] as? Int) <= width)
  }

  @Test func `shows a script in a prompt and does not run it`() throws {
    let prompts = [
      PromptRecord(row: 1, text: "<script>document.title = 'run'</script>"),
      PromptRecord(row: 2, text: "\"\u{301} onmouseover=\"document.title = 'run'"),
    ]
    let (seen, console, _) = try see(
      """
      seen.title = document.title; seen.prompts = [...document.querySelectorAll(".row h3")].map((h) => h.textContent);
      seen.scripts = document.scripts.length; seen.handlers = document.querySelectorAll("[onmouseover]").length;
      """, prompts: prompts)
    #expect(console == [])
    #expect(seen["title"] as? String == "synthetic · tome-eval")
    #expect(Set(try #require(seen["prompts"] as? [String])) == Set(prompts.map(\.text)))
    #expect(seen["scripts"] as? Int == 2)
    #expect(seen["handlers"] as? Int == 0)
  }
}
