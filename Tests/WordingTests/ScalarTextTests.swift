import Testing
import Wording

@Suite struct ScalarTextTests {
  @Test func `separators part a text, whatever stands after them`() {
    #expect("a/\u{301}b//c".parts(between: "/") == ["a", "\u{301}b", "", "c"])
    #expect("a\r\nb".parts(between: "\n") == ["a\r", "b"])
    #expect("".parts(between: "/") == [""])
    #expect("/\u{301}/".replacing(scalar: "/", with: "--") == "--\u{301}--")
    #expect("a: \u{301}b".starts(withScalarsOf: "a: ") && !"a".starts(withScalarsOf: "a:"))
  }
}
