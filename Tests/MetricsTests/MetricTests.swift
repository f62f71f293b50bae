import Metrics
import Testing

@Suite struct MetricTests {
  @Test func `keys are unique and lead back to their metric`() {
    #expect(Set(Metric.all.map(\.key)).count == Metric.all.count)
    for metric in Metric.all { #expect(Metric.named(metric.key) == metric) }
    #expect(Metric.named("fid") == nil)
  }

  @Test func `only the CLIP score needs no baseline, and only distances are better when lower`() {
    #expect(Metric.all.filter { !$0.needsBaseline } == [.clipScore])
    #expect(Metric.all.filter { $0.betterDirection == .lower } == [.mae, .rmse, .changedPixels])
  }

  @Test func `the cosine of embeddings ignores their length`() {
    #expect(abs(cosineSimilarity([3, 4], [30, 40]) - 1) < 1e-15)
    #expect(abs(cosineSimilarity([1, 0, 0], [-2, 0, 0]) + 1) < 1e-15)
    #expect(abs(cosineSimilarity([1, 0], [1, 1]) - 0.5.squareRoot()) < 1e-15)
    #expect(cosineSimilarity([0, 0], [1, 1]) == 0)
  }
}
