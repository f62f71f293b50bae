import Foundation
import ReferenceFixtures
import Testing

import PromptSets

@Suite struct PromptSetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func file(_ text: String) throws -> String {
    let url = folder.url.appendingPathComponent("prompts")
    try Data(text.utf8).write(to: url)
    return url.path
  }

  @Test func `mini is 40 of the 64 bundled prompts, which name their published rows`() throws {
    let mini = try PromptSet.named("mini")
    let full = try PromptSet.named("full")
    #expect(mini.prompts.count == 40)
    #expect(full.prompts.count == 64)
    #expect(Set(full.prompts).isSuperset(of: mini.prompts))
    #expect(full.prompts.first { $0.text == "a corgi" }?.row == 74)
    #expect(Set(full.prompts.map(\.category)).count == 12)
    #expect(Set(full.prompts.map(\.challenge)).count == 11)
    #expect(Set(full.prompts.map(\.row)).count == 64)
    #expect(full.prompts.allSatisfy { $0.category != nil && $0.challenge != nil && $0.subset != nil })
    #expect(mini.prefix(3).prompts == Array(mini.prompts[..<3]))
    #expect(mini.prefix(3).name == "mini")
  }

  @Test func `the published TSV keeps quotes and accents, drops outer spaces and counts its rows`() throws {
    let set = try PromptSet.named(
      file(
        "Prompt\tCategory\tChallenge\tNote\n"
          + "bond\tAbstract\tBasic\tBiology-inspired concepts with multiple meanings\n"
          + "\n"
          + "\"Hola\" über 🐻\tArts\tImagination\t\n"
          + " a piano \tArtifacts\tSimple Detail\n"))
    #expect(
      set.prompts == [
        Prompt(row: 1, text: "bond", category: "Abstract", challenge: "Basic"),
        Prompt(row: 3, text: "\"Hola\" über 🐻", category: "Arts", challenge: "Imagination"),
        Prompt(row: 4, text: "a piano", category: "Artifacts", challenge: "Simple Detail"),
      ])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func `plain text is a prompt a line, whatever ends it`(
    end: String
  ) throws {
    let lines = ["\u{FEFF}a corgi", "", "\t an owl \t", " \t ", "Prompt", "e\u{301}toile"]
    let set = try PromptSet.named(file(lines.joined(separator: end)))
    #expect(set.prompts.map(\.text) == ["a corgi", "an owl", "Prompt", "e\u{301}toile"])
    #expect(set.prompts.map(\.row) == [1, 3, 5, 6])
    #expect(set.prompts.allSatisfy { $0.category == nil && $0.subset == nil })
  }

  @Test func `a CRLF table with a byte order mark reads as any other`() throws {
    let set = try PromptSet.named(file("\u{FEFF}Row\tPrompt\r\n74\ta corgi\r\n"))
    #expect(set.prompts == [Prompt(row: 74, text: "a corgi")])
  }

  @Test func `what is wrong is said with its line`() throws {
    let path = try file("a corgi\n\nan owl\tAnimals\n")
    #expect(throws: PromptSetError.tab(path: path, line: 3)) { try PromptSet.named(path) }
    _ = try file("Prompt\tCategory\na corgi\tAnimals\tBasic\n")
    #expect(throws: PromptSetError.tooManyColumns(path: path, line: 2, expected: 2, found: 3)) {
      try PromptSet.named(path)
    }
    _ = try file("Prompt\tCategory\n\tAnimals\n")
    #expect(throws: PromptSetError.emptyPrompt(path: path, line: 2)) { try PromptSet.named(path) }
    _ = try file("Row\tPrompt\nx\ta corgi\n")
    #expect(throws: PromptSetError.badRow(path: path, line: 2, found: "x")) { try PromptSet.named(path) }
  }

  @Test func `a TAB with an accent after it is one, too`() throws {
    let path = try file("a\t\u{301}b")
    #expect(throws: PromptSetError.tab(path: path, line: 1)) { try PromptSet.named(path) }
  }

  @Test(arguments: ["", "\n\n", " \t\r\n", "\u{FEFF}", "Prompt\tCategory\n"])
  func `a file without prompts is an error`(text: String) throws {
    let path = try file(text)
    #expect(throws: PromptSetError.empty(path: path)) { try PromptSet.named(path) }
  }

  @Test func `a missing file, a folder and other encodings are errors`() throws {
    #expect(throws: PromptSetError.missing(path: "/nowhere/x.txt")) {
      try PromptSet.named("/nowhere/x.txt")
    }
    #expect(throws: PromptSetError.folder(path: folder.url.path)) { try PromptSet.named(folder.url.path) }
    let path = try file("")
    try Data([0xFF, 0xFE, 0x61, 0x00]).write(to: URL(fileURLWithPath: path))
    #expect(throws: PromptSetError.notText(path: path)) { try PromptSet.named(path) }
    try Data([0x61, 0x00, 0x62, 0x00]).write(to: URL(fileURLWithPath: path))
    #expect(throws: PromptSetError.notText(path: path)) { try PromptSet.named(path) }
  }
}
