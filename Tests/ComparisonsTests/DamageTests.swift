import Comparisons
import Foundation
import Metrics
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@Suite struct DamageTests {
  private static func contents(_ change: (inout SyntheticRun) -> Void = { _ in }) throws -> RunContents {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.size, run.ratios) = (64, [0, 0.3, 0.7])
      change(&run)
      return try run.make(in: folder)
    }
  }

  /// The kinds of a picture, from the rows of the store.
  private static func kinds(_ sample: SampleRecord, _ contents: RunContents) -> [DamageKind] {
    func score(_ metric: Metric) -> Double? {
      contents.scores.first { $0.sampleID == sample.id && $0.metric == metric }?.value
    }
    return DamageKind.kinds(
      of: contents.differences.first { $0.sampleID == sample.id }?.traits, ssim: score(.ssim),
      clipImage: score(.clipImage))
  }

  @Test func `pictures of each kind are counted by variant, in JSON and in a line of the table`() throws {
    let contents = try Self.contents()
    let comparison = Comparison(contents)
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
    let rows = try #require(root["ratios"] as? [[String: Any]])
    var total = 0
    for (row, document) in zip(comparison.rows, rows) {
      let samples = contents.samples.filter { $0.variantID == row.variant.id }
      let found = samples.flatMap { Self.kinds($0, contents) }
      for kind in DamageKind.allCases {
        let count = found.count { $0 == kind }
        #expect(row.damage?[kind, default: 0] == count)
        #expect(document["damage_\(kind.key)"] as? Int == count, "\(kind)")
      }
      total += found.count
      let words = comparison.table(hasColors: false)
      #expect(
        words.contains("\(row.variant.title): damage by rule, of \(samples.count) pictures: ")
          != found.isEmpty)
    }
    // Cells that are replaced by their corners are no small change.
    #expect(total > 0 && comparison.baseline?.damage == nil)
  }

  @Test func `of pictures that were not measured nothing is said`() throws {
    let comparison = try Comparison(Self.contents { $0.hasDifferences = false })
    #expect(comparison.rows.allSatisfy { $0.damage == nil })
    #expect(comparison.differencePlaces.allSatisfy { $0 == nil })
    let text = comparison.table(hasColors: false)
    #expect(!text.contains("damage by rule") && !comparison.json().contains("damage_speckle"))
  }

  @Test func `places are means of the prompts, with the interval of what they are paired by`() throws {
    let contents = try Self.contents()
    let comparison = Comparison(contents)
    let places = try #require(comparison.differencePlaces.last ?? nil)
    let variant = try #require(comparison.rows.last).variant
    let samples = contents.samples.filter { $0.variantID == variant.id }
    let differences = try samples.map { sample in
      (prompt: sample.promptID, record: try #require(contents.differences.first { $0.sampleID == sample.id }))
    }
    #expect(places.count == samples.count && places.cells.count == 32 * 32)
    let first = differences.map { $0.record.map.levels[0] }.reduce(0, +) / Double(differences.count)
    #expect(abs(places.cells[0] - first) < 1e-9)
    // Every prompt has as many seeds: the mean of the prompts is that of the pictures.
    func mean(_ value: (DifferenceRecord) -> Double) -> Double {
      differences.map { value($0.record) }.reduce(0, +) / Double(differences.count)
    }
    let frame = try #require(places.centreAndRim)
    #expect(
      abs(frame.first - mean { $0.map.centre }) < 1e-9 && abs(frame.second - mean { $0.map.rim }) < 1e-9)
    #expect(abs(frame.difference.value - (frame.first - frame.second)) < 1e-9)
    let interval = try #require(frame.difference.interval)
    #expect(interval.lower < frame.difference.value && frame.difference.value < interval.upper)
    let edges = try #require(places.edgesAndFlat)
    // The drawn discs have sharp edges, and merging frays them.
    #expect(edges.first > edges.second && edges.difference.value > 0)
  }
}
