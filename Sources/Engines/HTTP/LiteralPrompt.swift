import Foundation

/// Prompts with what has a meaning to a service escaped, so that the text encoder reads the prompt itself.
enum LiteralPrompt {
  /// As `modules/prompt_parser.py` and `modules/extra_networks.py` of the web UI read prompts.
  ///
  /// A backslash makes a bracket a bracket. The words AND and BREAK cannot be escaped, but CLIP's tokenizer does not tell
  /// capitals apart; `<lora:…>` is none with a space in it, which is no token; and a number behind a colon at the end
  /// is no weight with a backslash between them, which the web UI then drops.
  static func forWebUI(_ prompt: String) -> String {
    let text = apart(escaped(prompt, #"\()[]"#), words: ["AND", "BREAK"])
    return text.replacingOccurrences(
      of: #":(?=\s*[-+]?[0-9.]+\s*$)"#, with: #":\\"#, options: .regularExpression)
  }

  /// As SD.Next reads prompts with the parser "fixed": brackets mean nothing there, so that a backslash would be one.
  ///
  /// What is left are `<lora:…>`, a prompt that is BREAK alone, and the words that begin the part for another text
  /// encoder (`modules/prompt_parser_diffusers.py` of vladmandic/sdnext at 0b8001c). What cannot be escaped is refused,
  /// see ``SDNextPrompt``.
  static func forSDNext(_ prompt: String) -> String {
    apart(prompt, words: ["BREAK"]).replacingOccurrences(
      of: "TE([234]):", with: "TE$1 :", options: .regularExpression)
  }

  /// As `comfy/sd1_clip.py` of ComfyUI reads prompts: round brackets weigh, a backslash makes them brackets, and
  /// `embedding:` begins a name.
  static func forComfyUI(_ prompt: String) -> String {
    escaped(prompt, "()").replacingOccurrences(of: "embedding:", with: "embedding :")
  }

  /// With words of command in small letters, which are the same to CLIP, and no name at once behind `<`.
  private static func apart(_ text: String, words: [String]) -> String {
    let small = words.reduce(text) { text, word in
      text.replacingOccurrences(
        of: "\\b\(word)\\b", with: word.lowercased(), options: .regularExpression)
    }
    return small.replacingOccurrences(of: #"<(?=\w+:)"#, with: "< ", options: .regularExpression)
  }

  private static func escaped(_ text: String, _ special: String) -> String {
    String(text.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
  }
}
