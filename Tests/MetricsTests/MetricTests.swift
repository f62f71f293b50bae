import Images
import Metrics
import Testing

@Suite struct MetricTests {
  @Test func `every metric is defined, and titles tell them apart`() {
    #expect(Set(Metric.allCases.map(\.title)).count == Metric.allCases.count)
    #expect(Set(Metric.allCases.map(\.shortTitle)).count == Metric.allCases.count)
    #expect(Metric.allCases.allSatisfy { !$0.formula.isEmpty && Metric(rawValue: $0.key) == $0 })
    #expect(Metric(rawValue: "fid") == nil)
  }

  @Test func `equal pictures are at distance 0, and distances grow with the difference`() throws {
    #expect(Metric.allCases.filter { $0.distance(1) == nil } == [.clipScore, .pickScore, .aesthetic, .psnr])
    #expect(
      Metric.clipImage.distance(100) == 0 && Metric.ssim.distance(1) == 0 && Metric.mae.distance(0) == 0)
    #expect(try #require(Metric.ssim.distance(0.5)) > 0 && Metric.lpips.distance(0.25) == 0.25)
  }

  @Test func `only scores of a picture by itself need no baseline, and only distances are better when lower`()
  {
    #expect(Metric.allCases.filter { !$0.needsBaseline } == [.clipScore, .pickScore, .aesthetic])
    #expect(
      Metric.allCases.filter { $0.betterDirection == .lower }
        == [.lpips, .mae, .rmse, .deltaE, .changedPixels])
  }

  @Test func `what a metric needs is said, and its smallest pictures are those that have a value`() throws {
    #expect(Metric.allCases.filter { $0.scorer == .clip } == [.clipScore, .clipImage])
    #expect(Metric.allCases.filter { $0.scorer == .lpips } == [.lpips])
    #expect(Metric.msSSIM.absence(width: 176, height: 200) == nil)
    #expect(
      Metric.msSSIM.absence(width: 200, height: 175)
        == "needs sides of at least 176 pixels, the pictures are 200x175")
    func differences(_ width: Int, _ height: Int) throws -> ImageDifferences {
      let image = RGBImage(
        width: width, height: height, pixels: .init(repeating: 9, count: width * height * 3))
      return try ImageDifferences(of: image, to: image)
    }
    let ssim = Metric.ssim.minimumSide
    let msSSIM = Metric.msSSIM.minimumSide
    #expect(try differences(ssim, ssim).ssim == 1 && differences(ssim - 1, ssim).ssim == nil)
    #expect(try differences(msSSIM, msSSIM).msSSIM == 1 && differences(msSSIM, msSSIM - 1).msSSIM == nil)
  }

  @Test func `the cosine of embeddings ignores their length`() {
    #expect(abs(cosineSimilarity([3, 4], [30, 40]) - 1) < 1e-15)
    #expect(abs(cosineSimilarity([1, 0, 0], [-2, 0, 0]) + 1) < 1e-15)
    #expect(abs(cosineSimilarity([1, 0], [1, 1]) - 0.5.squareRoot()) < 1e-15)
    #expect(cosineSimilarity([0, 0], [1, 1]) == 0)
  }
}
