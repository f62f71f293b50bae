import Evaluation
import Foundation
import PromptSets
import ResultStore
import Testing

@Suite struct RepeatedPromptTests {
  @Test func `a prompt that a file repeats is planned once, and that is said`() throws {
    let texts = ["a red cube", "an owl", "a red cube", "A red cube", "a red cube"]
    let prompts = texts.enumerated().map { Prompt(row: $0.offset + 1, text: $0.element) }
    let repeated = try plan(PromptSet(name: "file", prompts: prompts))
    #expect(repeated.promptSet.prompts.map(\.row) == [1, 2, 4])
    #expect(repeated.sampleCount == 3 * 2)
    #expect(repeated.notices.count == 1)
    #expect(repeated.notices[0].hasPrefix("2 prompts left out, the same word for word as an earlier one"))
    // It is the run of the same file without them.
    let once = try plan(PromptSet(name: "file", prompts: repeated.promptSet.prompts))
    #expect(once.notices.isEmpty && once.run(created: .now).key == repeated.run(created: .now).key)
  }
}
