import ArgumentParser
import Images
import Pictures

/// How much of a picture is replaced.
struct Strength: ExplainedArgument, CustomStringConvertible {
  let value: Double

  init(_ value: Double) { self.value = value }

  init(parsing text: String) throws(ArgumentProblem) {
    value = try Double(parsing: text)
    guard value > 0, value <= 1 else {
      throw ArgumentProblem("strength \(text) is out of range; it must be above 0, and at most 1")
    }
  }

  var description: String { "\(value)" }
}

/// The picture that another one is begun from: image to image.
struct InitImageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Begin from this picture (PNG, JPEG or WebP; - is standard input) instead of from noise alone: image to image, as "
        + "diffusers' StableDiffusionImg2ImgPipeline does it. Without --size the new picture has its size, less what "
        + "exceeds a multiple of 8; with --size it is resized to that, by Lanczos' filter.", valueName: "file"
    ),
    completion: .file(extensions: ["png", "jpg", "jpeg", "webp"]))
  var initImage: String?

  @Option(
    help: ArgumentHelp(
      "How much of --init-image is replaced, above 0 and at most 1: that share of --steps is taken, rounded down "
        + "(default: 0.8).", valueName: "s"))
  var strength: Strength?

  /// That of diffusers' `StableDiffusionImg2ImgPipeline`.
  private static let usualStrength = 0.8

  func validate() throws {
    if strength != nil && initImage == nil {
      throw ValidationError("--strength says how much of a picture is replaced; name it with --init-image")
    }
  }

  /// The picture, and how it is named in a request; nil where none is asked for.
  func load() throws -> (picture: RGBImage, identity: InitImage)? {
    guard let initImage else { return nil }
    let picture = try PictureCodec.decodeNamed(initImage) {
      Terminal.log("waiting for a picture from \(initImage == "-" ? "standard input" : initImage)")
    }.image
    return (
      picture, InitImage(hash: picture.hash, strength: strength?.value ?? Self.usualStrength)
    )
  }
}
