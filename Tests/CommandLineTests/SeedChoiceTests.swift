import Foundation
import Pictures
import ReferenceFixtures
import Testing

@testable import tome_eval

/// How many seeds a sweep takes that is told none.
@Suite struct SeedChoiceTests {
  @Test func `two where they cost minutes, one where they cost hours`() {
    let few = SeedChoice(teraOperations: 3.21)
    #expect(few.seeds == [0, 1] && few.description.contains("about 3.2 TFLOP"))
    #expect(SeedChoice(teraOperations: 200).seeds == [0, 1])
    let many = SeedChoice(teraOperations: 12_345)
    #expect(many.seeds == [0] && many.description.contains("two would take about 12345 TFLOP"))
  }

  @Test func `a sweep of twenty prompts takes two, a look at some takes one`() throws {
    let folder = try TemporaryFolder()
    func sweep(_ name: String, _ more: String...) throws -> Tool.Result {
      try Tool.run(
        ["sweep", "--ratios", "0", "--steps", "1", "--size", "64x64", "--no-checks", "--json", "--output"]
          + [folder.url.appendingPathComponent(name).path] + more)
    }
    let whole = try sweep("whole", "--limit", "20")
    #expect(
      whole.status == 0 && whole.errors.contains("two seeds, 0 and 1, as they take no more than"), "\(whole)")
    #expect(try whole.json()["made"] as? Int == 40)
    // The same again is the same run.
    #expect(try sweep("whole", "--limit", "20").json()["made"] as? Int == 0)
    let told = try sweep("told", "--limit", "20", "--seeds", "0")
    #expect(try told.json()["made"] as? Int == 20)
    #expect(!told.errors.contains("two seeds"))
    let look = try sweep("look", "--limit", "2")
    #expect(try look.json()["made"] as? Int == 2)
    #expect(!look.errors.contains("two seeds"))
  }
}
