import Testing

@testable import Engines

@Suite struct LiteralPromptTests {
  @Test(arguments: [
    ("a red cube", "a red cube"), ("a (red) [cube]", #"a \(red\) \[cube\]"#), (#"a \ b"#, #"a \\ b"#),
    ("cats AND dogs", "cats and dogs"), ("ANDROID, BREAKING", "ANDROID, BREAKING"),
    ("a BREAK b", "a break b"),
    ("<lora:x:1> y", "< lora:x:1> y"), ("a < b", "a < b"), ("a clock at 10:30", #"a clock at 10:\30"#),
    ("10:30 on a clock", "10:30 on a clock"), ("size : -1.5 ", #"size :\ -1.5 "#), ("é (ü)", #"é \(ü\)"#),
  ]) func `what has a meaning to the web UI is escaped, and nothing else`(prompt: String, expected: String) {
    #expect(LiteralPrompt.forWebUI(prompt) == expected)
  }

  @Test(arguments: [
    ("a (red:1.2) [cube]", "a (red:1.2) [cube]"), (#"a \ b"#, #"a \ b"#), ("BREAK", "break"),
    ("BREAKING", "BREAKING"), ("cats AND dogs", "cats AND dogs"), ("<lora:x:1> y", "< lora:x:1> y"),
    ("a TE2: b TE4:c", "a TE2 : b TE4 :c"), ("TE5: a", "TE5: a"),
  ]) func `what SD.Next reads before its parser is escaped, and nothing else`(
    prompt: String, expected: String
  ) {
    #expect(LiteralPrompt.forSDNext(prompt) == expected)
  }

  @Test(arguments: [
    ("a (red) [cube]", #"a \(red\) [cube]"#), ("embedding:x", "embedding :x"), ("AND (((", #"AND \(\(\("#),
  ]) func `what has a meaning to ComfyUI is escaped, and nothing else`(prompt: String, expected: String) {
    #expect(LiteralPrompt.forComfyUI(prompt) == expected)
  }
}
