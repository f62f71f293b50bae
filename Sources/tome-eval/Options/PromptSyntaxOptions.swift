import ArgumentParser
import Pictures

/// What brackets and words of command in prompts mean.
struct PromptSyntaxOptions: ParsableArguments {
  enum Syntax: String, CaseIterable, ExpressibleByArgument {
    case plain, webui, comfyui

    /// The engines that read prompts so.
    var readers: [EngineName] {
      switch self {
      case .plain: EngineName.allCases
      case .webui: [.builtin, .webui, .sdnext]
      case .comfyui: [.comfyui]
      }
    }
  }

  @Option(
    help: """
      What brackets in prompts mean. plain: nothing, as in diffusers; what is beyond the text encoder's 75 tokens is \
      dropped, and said; brackets are escaped for the web UI and ComfyUI. webui: what they mean to AUTOMATIC1111's web \
      UI, (word:1.2), (word), [word], \\( and BREAK, in prompts of any length; SD.Next reads them with its parser a1111. \
      comfyui: what they mean there.
      """)
  var promptSyntax: Syntax = .plain

  var name: PromptSyntaxName { PromptSyntaxName(rawValue: promptSyntax.rawValue) }
}
