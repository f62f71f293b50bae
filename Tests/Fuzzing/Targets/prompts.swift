import Foundation

@testable import PromptSets

extension FuzzTarget {
  /// A file of prompts. What is accepted says the same when it is written as a table.
  static let prompts = FuzzTarget("prompts") { bytes in
    let set: PromptSet
    do throws(PromptSetError) { set = try PromptSet.parse([UInt8](bytes), name: "fuzz") } catch { return }
    try Finding.unless(!set.prompts.isEmpty, "no prompt")
    for prompt in set.prompts {
      let (text, characters) = (prompt.text, CharacterSet.whitespacesAndNewlines)
      try Finding.unless(
        !text.isEmpty && text.trimmingCharacters(in: characters) == text && !text.contains("\t"), "'\(text)'")
    }
    let rows = set.prompts.map { prompt in
      ["\(prompt.row)", prompt.text, prompt.category ?? "", prompt.challenge ?? "", prompt.subset ?? ""]
        .joined(separator: "\t")
    }
    let table = (["Row\tPrompt\tCategory\tChallenge\tSubset"] + rows).joined(separator: "\n")
    let again = try? PromptSet.parse(Array(table.utf8), name: "fuzz")
    try Finding.unless(again == set, "\(set) is \(again.map { "\($0)" } ?? "nothing") as a table")
    try Finding.unless(set.distinct.prompts.count == Set(set.prompts.map(\.text)).count, "a text twice")
  }
}
