public import ArgumentParser
import Engines
import Pictures
import StableDiffusion

extension Upscaler: ExpressibleByArgument {}

/// How much longer the sides of a picture become.
struct HiresScale: ExplainedArgument {
  let value: Double

  init(parsing text: String) throws(ArgumentProblem) {
    value = try Double(parsing: text)
    guard value > 1, value <= 8 else {
      throw ArgumentProblem("scale \(text) is out of range; it must be above 1, and at most 8")
    }
  }
}

/// Which ratio merges in a second pass.
enum HiresRatio: ExplainedArgument, CustomStringConvertible {
  /// That of the first.
  case same
  case other(Double)

  var description: String {
    switch self {
    case .same: "same"
    case .other(let ratio): "\(ratio)"
    }
  }

  /// - Parameter first: of the first pass
  func ratio(orSame first: Double) -> Double {
    switch self {
    case .same: first
    case .other(let ratio): ratio
    }
  }

  init(parsing text: String) throws(ArgumentProblem) {
    guard text != "same" else {
      self = .same
      return
    }
    guard let ratio = Double(text), (0...1).contains(ratio) else {
      throw ArgumentProblem("'\(text)' is no ratio; write same, or a share of the tokens from 0 to 1")
    }
    self = .other(ratio)
  }
}

/// The second pass that the web UI calls hires fix.
struct HiresOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Add a second pass (the web UI's hires fix): the picture is enlarged by this factor, put under noise and denoised "
        + "again, with the same seed, prompt and scheduler. The other --hires options say how.",
      valueName: "f"))
  var hiresScale: HiresScale?

  @Option(
    help: ArgumentHelp(
      "Steps that the second pass takes, whatever its strength; 0 for as many as the first has (default: 0).",
      valueName: "n"))
  var hiresSteps: Int?

  @Option(
    help: ArgumentHelp(
      "How much of the enlarged picture is replaced, above 0 and at most 1 (default: 0.7, as in the web UI).",
      valueName: "s"))
  var denoisingStrength: Strength?

  @Option(
    help: """
      How it is enlarged: latent (its latents, linearly), latent-bicubic, or pixel-lanczos, for which it is decoded \
      and encoded again (default: latent).
      """)
  var hiresUpscaler: Upscaler?

  /// That of the web UI.
  private static let usualStrength = 0.7

  func validate() throws {
    if let steps = hiresSteps { try OptionRange.check("hires-steps", steps, 0...100_000) }
    let others = [
      ("hires-steps", hiresSteps != nil), ("denoising-strength", denoisingStrength != nil),
      ("hires-upscaler", hiresUpscaler != nil),
    ]
    if hiresScale == nil, let other = others.first(where: \.1) {
      throw ValidationError(
        "--\(other.0) is of a second pass; add one with --hires-scale, as in --hires-scale 2")
    }
  }

  /// Nil where no second pass is asked for.
  var wish: HiresWish? {
    hiresScale.map { scale in
      HiresWish(
        scale: scale.value, steps: hiresSteps == 0 ? nil : hiresSteps,
        strength: denoisingStrength?.value ?? Self.usualStrength,
        upscaler: UpscalerName(rawValue: (hiresUpscaler ?? .latent).rawValue))
    }
  }
}
