import ArgumentParser
import PromptSets

/// Which prompts to make pictures of.
struct PromptOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The prompts: mini (40 Parti Prompts that the demonstration model has words for), full (64), or a file: "
        + "the published PartiPrompts.tsv or plain text, a prompt a line; - for standard input.",
      valueName: "mini|full|file"))
  var prompts = "mini"

  @Option(help: ArgumentHelp("Take only the first prompts.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit { try OptionRange.check("limit", limit, 1...Int.max) }
  }

  func promptSet() throws -> PromptSet {
    let set = try Self.set(prompts)
    return limit.map(set.prefix) ?? set
  }

  /// The prompts that a user calls so; says what is waited for.
  static func set(_ name: String) throws -> PromptSet {
    try PromptSet.named(name) {
      Terminal.log("waiting for prompts from \(name == "-" ? "standard input" : name)")
    }
  }
}
