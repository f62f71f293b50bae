import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing
import TokenMerging

@testable import Comparisons

@Suite struct `Labels of variants` {
  private static let ratios = [0, 1e-9, 0.25, 0.5, 0.500000001, 0.50000001]

  private static func contents(_ ratios: [Double]) throws -> RunContents {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(1))
      run.size = 16
      run.ratios = ratios
      run.variations = [.init(merging: MergingOptions(ratio: 0.5, variant: .comfyui))]
      return try run.make(in: folder)
    }
  }

  @Test func `have as many digits as tell them apart, and no more`() throws {
    let labels = try Self.contents(Self.ratios).variants.map(\.label)
    #expect(
      labels == ["0", "1e-09", "0.25", "0.5", "0.500000001", "0.50000001", "0.5 comfyui"], "\(labels)")
    #expect(try Self.contents([0, 0.500000001]).variants.map(\.label) == ["0", "0.5", "0.5 comfyui"])
    #expect(try Set(Self.contents([0, 0.1, 0.1.nextUp]).variants.map(\.label)).count == 4)
  }

  @Test func `are found by their number, too`() throws {
    let pairing = Pairing(baselineOf: try Self.contents(Self.ratios))
    for (text, label) in [
      ("0.5", "0.5"), ("0.50", "0.5"), ("5e-1", "0.5"), ("0.500000001", "0.500000001"), ("1e-9", "1e-09"),
      ("0.50 comfyui", "0.5 comfyui"), ("0.2500", "0.25"),
    ] {
      #expect(try pairing.only([text]).entries.map(\.variant.label) == [label], "\(text)")
      #expect(try Pairing(pairing.contents, against: text).kind == .variant(label))
    }
    for text in ["0.51", "half", "", "0.5 webui", "0.25 comfyui"] {
      #expect(throws: ComparisonError.self) { try pairing.only([text]) }
    }
  }

  @Test func `that two variants share choose none`() throws {
    var contents = try Self.contents([0, 0.5])
    contents.variants.append(try #require(contents.variants.first { $0.label == "0.5" }))
    #expect(throws: ComparisonError.ambiguousVariant("0.5", run: "synthetic", count: 2)) {
      try Pairing(contents, against: "0.5")
    }
  }
}
