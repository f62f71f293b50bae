import Testing

@testable import StableDiffusion

/// How prompts in the web UI's syntax are taken apart; what becomes of the parts is in `PromptTests`.
@Suite struct WeightedPromptTests {
  private func pieces(_ text: String) throws -> [WeightedPrompt.Piece] { try WeightedPrompt(text).pieces }

  static let weighted: [(text: String, pieces: [(String, Double)])] = [
    ("", [("", 1)]), ("a red cube", [("a red cube", 1)]),
    ("(a) red [cube]", [("a", 1.1), (" red ", 1), ("cube", 1 / 1.1)]),
    ("(a:1.5) red", [("a", 1.5), (" red", 1)]), ("(a: -.5 )", [("a", -0.5)]), ("(a:+2.)", [("a", 2)]),
    ("((a) b:2)", [("a", 2.2), (" b", 2)]), ("(a", [("a", 1.1)]), ("(a [b", [("a ", 1.1), ("b", 1)]),
    ("a) b] c:1.2)", [("a) b] c:1.2)", 1)]), ("a: b", [("a: b", 1)]), ("(a: b)", [("a: b", 1.1)]),
    (#"\(a\) \[b\] \\ \c"#, [(#"(a) [b] \ c"#, 1)]), ("([a])", [("a", 1)]), ("()", [("", 1)]),
    ("BRAND LANDING breakfast_BREAK", [("BRAND LANDING breakfast_BREAK", 1)]),
    ("a <b> < lora:c:1>", [("a <b> < lora:c:1>", 1)]),
  ]

  @Test(arguments: weighted)
  func `texts have weights`(text: String, expected: [(String, Double)]) throws {
    let found = try pieces(text).compactMap { piece -> (String, Double)? in
      if case .text(let text, let weight) = piece, !(text.isEmpty && expected.count > 1) {
        (text, weight)
      } else {
        nil
      }
    }
    #expect(found.map(\.0) == expected.map(\.0))
    for (found, expected) in zip(found, expected) { #expect(abs(found.1 - expected.1) < 1e-12, "\(text)") }
  }

  @Test func `BREAK ends a chunk, and takes the spaces around it`() throws {
    let text = WeightedPrompt.Piece.text
    #expect(try pieces("a BREAK  b") == [text("a", 1), .chunkEnd, text("b", 1)])
    #expect(try pieces("a,BREAK") == [text("a,", 1), .chunkEnd, text("", 1)])
    #expect(try pieces("BREAK BREAK") == [text("", 1), .chunkEnd, text("", 1), .chunkEnd, text("", 1)])
  }

  @Test(arguments: [
    ("a dog AND a cat", PromptError.composition), ("AND", .composition), ("(a AND:1.2) b", .composition),
    ("a [red:blue:0.5] cube", .editing("[red:blue:0.5]")), ("[red:5]", .editing("[red:5]")),
    ("[red::5]", .editing("[red::5]")), ("([a:b: 3 ])", .editing("[a:b: 3 ]")),
    ("[[a]:2]", .editing("[[a]:2]")), ("a [cow|horse] b", .alternation("[cow|horse]")),
    ("a <lora:style:0.8>", .network("<lora:style:0.8>")), ("<hypernet:x:1>", .network("<hypernet:x:1>")),
    ("(a BREAK b)", .boundBreak), ("[BREAK]", .boundBreak), ("(a BREAK b", .boundBreak),
    ("(a:1.2.3)", .badWeight("1.2.3")), ("(a:.)", .badWeight(".")),
  ])
  func `what only the web UI does is refused by its name`(text: String, expected: PromptError) {
    let error = #expect(throws: PromptError.self) { try WeightedPrompt(text) }
    #expect(error == expected)
    #expect(error?.description.contains(";") == true)
  }

  @Test func `nothing is refused for looking similar`() throws {
    for text in [
      "[red:blue]", "(a|b)", "a|b", #"\[a:1\]"#, "5:30", "[a (b:1.2)]", "ANDES, brand", "a:1.2", "<3 :>", "[",
      "]:1]",
    ] {
      _ = try pieces(text)
    }
  }
}
