public import ArgumentParser
import Pictures
public import StableDiffusion

extension StableDiffusion.PromptSyntax: ExpressibleByArgument {}

/// What brackets and words of command in prompts mean.
struct PromptSyntaxOptions: ParsableArguments {
  @Option(
    help: """
      What brackets in prompts mean. plain: nothing, as in diffusers; what is beyond the text encoder's 75 tokens is \
      dropped, and said. webui: what they mean to AUTOMATIC1111's web UI, (word:1.2), (word), [word], \\( and BREAK, \
      in prompts of any length.
      """)
  var promptSyntax: StableDiffusion.PromptSyntax = .plain

  var name: PromptSyntaxName { PromptSyntaxName(rawValue: promptSyntax.rawValue) }
}
