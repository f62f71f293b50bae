import Foundation
import Images
import Pictures

/// A picture that a service sent.
enum ServicePicture {
  /// - Parameters:
  ///   - service: as messages begin
  ///   - remedy: what to do where it is lossy
  /// - Throws: ``EngineError`` unless it is a picture without loss, of the size that was asked for.
  static func decode(
    _ bytes: Data, of service: String, size: Sampling, remedy: String
  ) throws(EngineError) -> (image: RGBImage, text: [PNGCodec.Text]) {
    let picture: DecodedPicture
    do throws(ImageError) {
      picture = try PictureCodec.decode([UInt8](bytes), path: "the picture of \(service)")
    } catch {
      throw .worker("\(error)")
    }
    guard !picture.isLossy else {
      throw .worker(
        "\(service) sends \(picture.format.rawValue), whose compression moves every score; \(remedy)")
    }
    let image = picture.image
    guard (image.width, image.height) == (size.width, size.height) else {
      throw .worker(
        "\(service) made a picture of \(image.width)x\(image.height), asked for was \(size.width)x\(size.height)"
      )
    }
    return (image, picture.text)
  }
}
