import Foundation
import Images
import Metrics
import Testing

@Suite struct ImageDifferencesTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let identical: Bool
      let mae, rmse, delta_e, changed_pixels: Double
      let psnr, ssim, ms_ssim: Double?
    }
    let cases: [String: Case]
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/Metrics")

  private func picture(_ name: String) throws -> RGBImage {
    try PNGCodec.decode(Self.folder.appendingPathComponent("\(name).png")).image
  }

  @Test func `every measure equals scikit-image's`() throws {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent("metrics.json"))
    let cases = try JSONDecoder().decode(Fixture.self, from: data).cases
    #expect(cases.count == 11)
    for (name, expected) in cases {
      let ours = try ImageDifferences(of: picture("\(name)-b"), to: picture("\(name)-a"))
      #expect(ours.identical == expected.identical, "\(name)")
      expectEqual(ours.mae, expected.mae, within: 1e-9, "\(name) mae")
      expectEqual(ours.rmse, expected.rmse, within: 1e-9, "\(name) rmse")
      expectEqual(ours.psnr, expected.psnr, within: 1e-9, "\(name) psnr")
      expectEqual(ours.ssim, expected.ssim, within: 1e-9, "\(name) ssim")
      expectEqual(ours.msSSIM, expected.ms_ssim, within: 1e-9, "\(name) ms_ssim")
      expectEqual(ours.deltaE, expected.delta_e, within: 1e-9, "\(name) delta_e")
      expectEqual(ours.changedPixels, expected.changed_pixels, within: 1e-12, "\(name) changed_pixels")
    }
  }

  private func expectEqual(
    _ ours: Double?, _ reference: Double?, within tolerance: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    switch (ours, reference) {
    case (nil, nil): return
    case (let ours?, let reference?):
      #expect(
        abs(ours - reference) <= tolerance, "\(name): \(ours), not \(reference)",
        sourceLocation: sourceLocation)
    default:
      Issue.record(
        "\(name): \(String(describing: ours)), not \(String(describing: reference))",
        sourceLocation: sourceLocation)
    }
  }

  @Test func `every metric of pixels has its value, and identical pictures have no PSNR`() throws {
    let a = try picture("one-value-a")
    let b = try picture("one-value-b")
    let same = try ImageDifferences(of: a, to: a)
    func values(_ differences: ImageDifferences) -> [Double?] {
      [.ssim, .psnr, .mae, .rmse, .deltaE, .changedPixels].map { differences[$0] }
    }
    #expect(values(same) == [1, nil, 0, 0, 0, 0])
    let other = try ImageDifferences(of: b, to: a)
    #expect(
      values(other)
        == [other.ssim, other.psnr, other.mae, other.rmse, other.deltaE, other.changedPixels])
    #expect(values(other).allSatisfy { $0 != nil })
  }

  @Test func `pictures of different sizes are an error that names both`() throws {
    let a = RGBImage(width: 2, height: 1, pixels: [UInt8](repeating: 0, count: 6))
    let b = RGBImage(width: 1, height: 2, pixels: [UInt8](repeating: 0, count: 6))
    let error = MetricError.differentSizes(image: [2, 1], baseline: [1, 2])
    #expect(throws: error) { try ImageDifferences(of: a, to: b) }
    #expect("\(error)" == "the picture is 2x1, its baseline 1x2; compare pictures of one size")
  }
}
