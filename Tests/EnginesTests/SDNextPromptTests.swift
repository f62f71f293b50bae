import Pictures
import Testing

@testable import Engines

@Suite struct SDNextPromptTests {
  @Test(arguments: [
    ("a {red|blue} cube", "{red|blue}", "takes for words to choose from"),
    ("a {red} cube", "{red}", "takes for words to choose from"),
    ("a __color__ cube", "__color__", "takes for the name of a file of words, where it has one"),
    ("a cube /* or\ntwo */ there", "/* or\ntwo */", "takes for a comment"),
    (
      "a [red:blue:0.5] cube", "[red:blue:0.5]",
      "takes for words that change with the steps, whatever its parser is"
    ),
    ("a [cube: 3]", "[cube: 3]", "takes for words that change with the steps, whatever its parser is"),
    ("a [cube:-.5e1]", "[cube:-.5e1]", "takes for words that change with the steps, whatever its parser is"),
    ("[a|b] cube", "[a|b]", "takes for words that change with the steps, whatever its parser is"),
  ]) func `what is read by more than the parser is found in a prompt`(
    prompt: String, part: String, meaning: String
  ) {
    #expect(
      SDNextPrompt(prompt, .prompt, .plain).taken == SDNextPrompt.Taken(part: part, meaning: meaning))
  }

  @Test(arguments: [
    "a red cube", "a (red:1.2) [cube]", "10:30 on a clock", "[10:30 on a clock]", "a | b", "snake_case",
    "a { b",
    "cats AND dogs", #"a \ b"#, "a /* b", "5 * 3 / 2",
  ]) func `what is read as it stands is left alone`(prompt: String) {
    #expect(SDNextPrompt(prompt, .prompt, .plain).taken == nil)
  }

  @Test func `comments are none in a negative prompt, and steps and AND are the web UI's language`() {
    #expect(SDNextPrompt("/* a */", .negativePrompt, .plain).taken == nil)
    #expect(SDNextPrompt("[red:blue:0.5] [a|b]", .prompt, "webui").taken == nil)
    let composed = SDNextPrompt("cats AND dogs", .prompt, "webui").taken
    #expect(composed?.part == "AND" && composed?.meaning.contains("composes pictures") == true)
    #expect(SDNextPrompt("ANDROID", .prompt, "webui").taken == nil)
  }

  @Test func `a long part is shown by its beginning`() {
    let taken = SDNextPrompt("{" + String(repeating: "a", count: 200) + "}", .prompt, .plain).taken
    #expect(taken?.part == "{" + String(repeating: "a", count: 58) + "…")
  }
}
