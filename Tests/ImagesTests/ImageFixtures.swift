import Foundation
import Images
import Testing

/// What `Tests/Reference/images.py` made.
enum ImageFixtures {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/Images")

  struct Description: Decodable {
    let text: [String: String]
    let filters: [String]
    let sizes: [[Int]]
  }

  static func description() throws -> Description {
    try JSONDecoder().decode(Description.self, from: Data(contentsOf: url("images.json")))
  }

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  static func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: url(name))) }

  /// The names of the files whose RGB values Pillow has written beside them.
  static func decodableNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".expected.ppm") }
      .map { String($0.dropLast(".expected.ppm".count)) }
      .sorted()
  }

  /// A binary PPM as Pillow writes it: `P6`, width, height, 255, then the values.
  static func portablePixmap(_ name: String) throws -> RGBImage {
    let fields = try bytes(name).split(maxSplits: 4, omittingEmptySubsequences: false) {
      [10, 32].contains($0)
    }
    let header = fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }
    #expect(header.first == "P6" && header.last == "255")
    let width = try #require(Int(header[1]))
    let height = try #require(Int(header[2]))
    return RGBImage(width: width, height: height, pixels: Array(fields[4]))
  }
}
