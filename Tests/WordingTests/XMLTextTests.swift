import Foundation
import Testing
import Wording

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct `XML is written` {
  @Test func `with every character that it has a meaning for escaped`() {
    #expect(
      XMLText.escaped("a < b && c > \"d\" 'e'") == "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &apos;e&apos;")
    #expect(XMLText.escaped("]]>") == "]]&gt;")
    #expect(XMLText.escaped("Übergröße, 猫, 🐈") == "Übergröße, 猫, 🐈")
  }

  @Test(arguments: [
    "plain", "<b>&amp;</b>", "\"' ]]> <!-- -->", "\u{1B}[31mred\u{202E}", "a\nb\r\tc",
    "\u{0}\u{FFFE}\u{FFFF}\u{85}",
    "e\u{301}\u{10FFFF}",
  ]) func `so that a parser reads the text again`(text: String) throws {
    let shown = visible(text).replacing("\u{FFFE}", with: "\\u{FFFE}").replacing(
      "\u{FFFF}", with: "\\u{FFFF}")
    let lines = XMLText.element(
      "outer", ["name": text], XMLText.element("inner", text: text) + XMLText.element("empty"))
    let document = try XMLDocument(xmlString: lines.joined(separator: "\n"))
    let root = try #require(document.rootElement())
    #expect(root.attribute(forName: "name")?.stringValue == shown)
    #expect(root.elements(forName: "inner").map(\.stringValue) == [shown])
    #expect(root.elements(forName: "empty").map(\.stringValue) == [""])
  }

  @Test func `indented`() {
    #expect(
      XMLText.element("a", [:], XMLText.element("b", ["c": "d", "e": "f"], XMLText.element("g")))
        == ["<a>", "  <b c=\"d\" e=\"f\">", "    <g/>", "  </b>", "</a>"])
  }
}
