public import TokenMerging
import Wording

/// How an image is enlarged between two passes, as `--hires-upscaler` names it.
public struct UpscalerName: OpenName {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let latent: UpscalerName = "latent"

  /// The web UI's names in its lists of upscalers, for those that are here, too.
  private static let webUINames = [
    "latent": "Latent", "latent-bicubic": "Latent (bicubic)", "pixel-lanczos": "Lanczos",
  ]

  package var webUIName: String { Self.webUINames[rawValue] ?? rawValue }

  /// One that is not here keeps the web UI's name.
  package init(webUIName name: String) {
    self.init(rawValue: Self.webUINames.first { $0.value == name }?.key ?? name)
  }
}

/// A second pass over a picture, which the web UI calls hires fix: it is enlarged, put under noise and denoised again.
public struct HiresPass: Hashable, Sendable, Codable {
  /// How much longer the sides become.
  public var scale: Double
  /// Of the picture then, in pixels: the scaled sides, less what exceeds a multiple of a latent's.
  public var width: Int
  public var height: Int
  /// Steps that it takes; nil for as many as the first pass has.
  public var steps: Int?
  /// How much of the picture is replaced: above 0, and at most 1.
  public var strength: Double
  public var upscaler: UpscalerName

  public init(
    scale: Double, width: Int, height: Int, steps: Int? = nil, strength: Double, upscaler: UpscalerName
  ) {
    self.scale = scale
    self.width = width
    self.height = height
    self.steps = steps
    self.strength = strength
    self.upscaler = upscaler
  }

  /// As in `2x latent to 128x128, 20 steps, strength 0.5`.
  public var words: String {
    "\(NumberText.exact(scale))x \(upscaler) to \(width)x\(height), "
      + (steps.map { NumberText.count($0, "step") } ?? "as many steps")
      + ", strength \(NumberText.exact(strength))"
  }
}

extension Sampling {
  /// Of the finished picture, in pixels.
  public var pictureSize: (width: Int, height: Int) { hires.map { ($0.width, $0.height) } ?? (width, height) }
}

extension PictureRecipe {
  /// The ratio of the second pass, where it is not that of the first; nil without a second pass, too.
  public var otherHiresRatio: Double? {
    guard sampling.hires != nil || hiresMerging != nil, hiresMerging != merging else { return nil }
    return hiresMerging?.ratio ?? 0
  }

  /// The ratio of the second pass; nil without one.
  public var hiresRatio: Double? { sampling.hires == nil ? nil : hiresMerging?.ratio ?? 0 }

  /// Whether tokens are merged in any pass.
  public var merges: Bool { merging != nil || hiresMerging != nil }

  /// The share of the tokens that merging leaves out, in the first pass or, where only that merges, in the second.
  /// - Parameter grids: of the tokens in the model's transformer blocks, of pictures that are sampled so
  public func effectiveRatio(over grids: (Sampling) -> [TokenGrid]) -> Double {
    if let merging { return merging.effectiveRatio(over: grids(sampling)) }
    guard let hiresMerging else { return 0 }
    var second = sampling
    (second.width, second.height) = sampling.pictureSize
    return hiresMerging.effectiveRatio(over: grids(second))
  }

  /// The same without merging in any pass.
  public var unmerged: PictureRecipe { PictureRecipe(model: model, sampling: sampling) }
}
