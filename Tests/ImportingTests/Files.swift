import Foundation
import Images
import Pictures
import TokenMerging

@testable import Importing

/// Pictures as other tools leave them.
enum Made {
  /// A small picture that differs from others by its shade.
  static func image(_ shade: Int, width: Int = 8, height: Int = 8) -> RGBImage {
    RGBImage(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 + shade) })
  }

  @discardableResult static func png(
    _ path: String, in folder: URL, shade: Int = 0, width: Int = 8, height: Int = 8,
    text: [PNGCodec.Text] = []
  ) throws -> URL {
    let url = folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(PNGCodec.encode(image(shade, width: width, height: height), text: text)).write(to: url)
    return url
  }

  /// As AUTOMATIC1111's web UI writes it.
  static func infotext(
    _ prompt: String, negative: String = "", seed: Int, ratio: Double? = nil, steps: Int = 20,
    further: String = ""
  ) -> PNGCodec.Text {
    (
      "parameters",
      prompt + (negative.isEmpty ? "" : "\nNegative prompt: \(negative)")
        + "\nSteps: \(steps), Sampler: Euler a, CFG scale: 7, Seed: \(seed), Size: 8x8, Model hash: 6ce0161689, "
        + "Model: v1-5-pruned-emaonly\(further)" + (ratio.map { ", Token merging ratio: \($0)" } ?? "")
        + ", Version: v1.10.1"
    )
  }
}

extension ImportPlan {
  /// Of everything in a folder.
  init(_ paths: URL..., layout: FileLayout? = nil) throws {
    let sources = try PictureSources(paths, layout: layout)
    let read = try PictureReading.read(sources.pictures)
    self.init(read.pictures)
  }
}
