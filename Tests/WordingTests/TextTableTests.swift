import Foundation
import Testing
import Wording

@Suite struct `A table of texts` {
  private static func table(_ cells: String..., isText: Bool = true) -> TextTable {
    TextTable(
      columns: [.init(title: "prompt", isText: isText), .init(title: "n")], rows: cells.map { [$0, "-1.5"] })
  }

  @Test func `runs no formula in a spreadsheet unless asked to`() {
    let table = Self.table("=1+1", "-3", "a")
    #expect(table.csv() == "prompt,n\n'=1+1,-1.5\n'-3,-1.5\na,-1.5")
    #expect(Self.table("\u{1B}[2J").csv() == "prompt,n\n\\u{1B}[2J,-1.5")
    #expect(table.csv(isSafe: false) == "prompt,n\n=1+1,-1.5\n-3,-1.5\na,-1.5")
    // A column of numbers may hold a word.
    #expect(Self.table("-3", "@x", isText: false).csv() == "prompt,n\n-3,-1.5\n'@x,-1.5")
    #expect(TextTable(columns: [.init(title: "=x")], rows: []).csv() == "'=x")
  }

  @Test(arguments: [
    ("a | b", "a \\| b"), ("[x](https://a.b)", "\\[x\\](https\\://a.b)"),
    ("![i](p.png)", "\\!\\[i\\](p.png)"),
    ("<img src=x>", "\\<img src=x\\>"), ("&lt;", "\\&lt;"), ("see www.a.b", "see www\\.a.b"),
    ("<https://a.b>", "\\<https\\://a.b\\>"), ("me@a.b #1", "me@<!-- -->a.b #<!-- -->1"),
    ("`a` *b* _c_ ~d~", "\\`a\\` \\*b\\* \\_c\\_ \\~d\\~"),
    ("a\nb", "a\\\\nb"), ("a\\|b", "a\\\\\\|b"), ("plain, \"text\" (1) + 2", "plain, \"text\" (1) + 2"),
  ]) func `has no links, pictures or HTML in Markdown`(cell: String, escaped: String) {
    #expect(MarkdownText.escaped(cell) == escaped)
    #expect(Self.table(cell).markdown() == "| prompt | n |\n|---|--:|\n| \(escaped) | -1.5 |")
  }

  @Test func `shows on a terminal what would steer it`() {
    let steering = "\u{1B}[31mred\u{1B}[0m\r\n\t\u{9B}2J\u{7F}\u{202E}abc\u{2066}\u{200F}\u{2028}\u{0}"
    #expect(
      visible(steering)
        == "\\u{1B}[31mred\\u{1B}[0m\\r\\n\\t\\u{9B}2J\\u{7F}\\u{202E}abc\\u{2066}\\u{200F}\\u{2028}\\u{0}")
    #expect(visible("Füße, 日本 🐻\u{200D}❄️") == "Füße, 日本 🐻\u{200D}❄️")
    let lines = Self.table(steering, "b").aligned().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3)
    #expect(lines[1].hasSuffix("\\u{0}  -1.5") && Set(lines.map(\.count)).count == 1)
    #expect(!lines.joined().unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
    let painted = Self.table("a").aligned { text, _, column in
      column == 0 ? "\u{1B}[1m\(text)\u{1B}[0m" : text
    }
    #expect(painted.contains("\u{1B}[1ma     \u{1B}[0m"))
  }
}

@Suite struct `JSON for a terminal` {
  @Test func `has an escape for what would steer it, and the same value`() throws {
    let text = ["\u{1B}[31m\n\u{9B}2J", "\u{7F}\u{202E}ü🐻"]
    let json = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    let visible = JSONText.visible(json)
    #expect(try JSONDecoder().decode([String].self, from: Data(visible.utf8)) == text)
    #expect(visible.contains("\\u009b2J") && visible.contains("\\u007f\\u202eü🐻"))
    #expect(JSONText.visible("{\n  \"a\" : 1\n}") == "{\n  \"a\" : 1\n}")
  }
}
