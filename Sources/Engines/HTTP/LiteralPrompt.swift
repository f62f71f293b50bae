import Foundation

/// Prompts with what has a meaning to a service escaped, so that the text encoder reads the prompt itself.
enum LiteralPrompt {
  /// As `modules/prompt_parser.py` and `modules/extra_networks.py` of the web UI read prompts.
  ///
  /// A backslash makes a bracket a bracket. The words AND and BREAK cannot be escaped, but CLIP's tokenizer does not tell
  /// capitals apart; `<lora:…>` is none with a space in it, which is no token; and a number behind a colon at the end
  /// is no weight with a backslash between them, which the web UI then drops.
  static func forWebUI(_ prompt: String) -> String {
    var text = escaped(prompt, #"\()[]"#)
    for word in ["AND", "BREAK"] {
      text = text.replacingOccurrences(
        of: "\\b\(word)\\b", with: word.lowercased(), options: .regularExpression)
    }
    text = text.replacingOccurrences(of: #"<(?=\w+:)"#, with: "< ", options: .regularExpression)
    return text.replacingOccurrences(
      of: #":(?=\s*[-+]?[0-9.]+\s*$)"#, with: #":\\"#, options: .regularExpression)
  }

  /// As `comfy/sd1_clip.py` of ComfyUI reads prompts: round brackets weigh, a backslash makes them brackets, and
  /// `embedding:` begins a name.
  static func forComfyUI(_ prompt: String) -> String {
    escaped(prompt, "()").replacingOccurrences(of: "embedding:", with: "embedding :")
  }

  private static func escaped(_ text: String, _ special: String) -> String {
    String(text.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
  }
}
