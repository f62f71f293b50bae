import Foundation
import Images
import Metrics
import Testing

/// The examples of Metrics' pages, see ``PageTests``.
@Suite struct MetricsPageTests {
  @Test func `begin with two pictures`() throws {
    func gray(_ level: UInt8) -> RGBImage {
      RGBImage(width: 16, height: 16, pixels: .init(repeating: level, count: 16 * 16 * 3))
    }
    let (merged, plain) = (gray(101), gray(100))
    // Metrics.md
    let differences = try ImageDifferences(of: merged, to: plain)
    let lines = [Metric.mae, .ssim, .psnr].map { metric in
      "\(metric.title): \(differences[metric] ?? .nan), \(metric.formula)"
    }
    // end
    #expect(differences.mae == 1 && !differences.identical)
    #expect(abs(try #require(differences.psnr) - 20 * log10(255)) < 1e-9)
    #expect(lines[0].hasPrefix("\(Metric.mae.title): 1.0, "))
  }

  @Test func `compare files and sets of pictures`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (mergedFile, plainFile) = (
      folder.appendingPathComponent("merged.png"), folder.appendingPathComponent("plain.png")
    )
    let levels = (0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let pictures = [plainFile: levels, mergedFile: levels.map { $0 ^ 3 }]
    for (file, pixels) in pictures {
      try Data(PNGCodec.encode(RGBImage(width: 32, height: 32, pixels: pixels))).write(to: file)
    }
    // ComparePictures.md
    let merged = try PNGCodec.decode(mergedFile).image
    let plain = try PNGCodec.decode(plainFile).image
    // end
    // ComparePictures.md
    let differences = try ImageDifferences(of: merged, to: plain)
    let isClose = differences.identical || (differences.ssim ?? 0) > 0.98
    // end
    // ComparePictures.md
    let rows = Metric.allCases.filter { $0.scorer == .pixels }.map { metric in
      let value = differences[metric].map { "\($0) \(metric.unit)" } ?? "none"
      return "\(metric.title), \(metric.betterDirection.rawValue) is better: \(value)"
    }
    // end
    // ComparePictures.md
    var message = ""
    do {
      _ = try ImageDifferences(of: merged.cropped(left: 0, top: 0, width: 16, height: 16), to: plain)
    } catch {
      message = error.description
    }
    // end
    let plainEmbeddings = (0..<40).map { [1, 0, 0.01 * Float($0 % 5), 0.1] }
    let mergedEmbeddings = (0..<40).map { [0, 1, 0.01 * Float($0 % 3), 0.1] }
    // ComparePictures.md
    let pairs = zip(mergedEmbeddings, plainEmbeddings).enumerated().map { prompt, embeddings in
      SetDistance.Pair(unit: Int64(prompt), own: embeddings.0, reference: embeddings.1)
    }
    let distance = SetDistance(pairs)
    let isChance = distance?.isWithinFloor
    // end
    #expect(isClose && differences.mae > 0 && differences.mae <= 3)
    #expect(rows.count >= 6 && rows.contains("MS-SSIM, higher is better: none"))
    #expect(message.contains("16x16") && message.contains("32x32"))
    #expect(isChance == false && distance?.pairCount == 40)
  }
}
