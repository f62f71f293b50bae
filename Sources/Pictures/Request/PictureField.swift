import TokenMerging
import Wording

/// What two requests can differ in, by the names of options and tables.
public enum PictureField: String, CaseIterable, Sendable {
  case model, prompt
  case negativePrompt = "negative_prompt"
  case seed, steps
  case guidanceScale = "guidance_scale"
  case size
  case originalSize = "original_size"
  case crop, scheduler, eta, attention, precision
  case clipSkip = "clip_skip"
  case promptSyntax = "prompt_syntax"
  case initImage = "init_image"
  case hires
  case ratio
  case mergeVariant = "merge_variant"
  case sx, sy
  case maxDownsample = "max_downsample"
  case useRand = "use_rand"
  case mergeAttn = "merge_attn"
  case mergeCrossattn = "merge_crossattn"
  case mergeMlp = "merge_mlp"
  case mergeSteps = "merge_steps"
  case hiresRatio = "hires_ratio"

  /// Its value as people read it; nil where the recipe has none, as one without merging has no `sx`, and most pictures
  /// are not cut out of a larger one.
  public func text(_ recipe: PictureRecipe) -> String? {
    let (sampling, merging) = (recipe.sampling, recipe.merging ?? recipe.hiresMerging)
    return switch self {
    case .prompt, .seed: nil
    case .model: recipe.model.id
    case .negativePrompt: sampling.negativePrompt
    case .steps: sampling.steps.map { "\($0)" }
    case .guidanceScale: sampling.guidanceScale.map(NumberText.exact)
    case .size: "\(sampling.width)x\(sampling.height)"
    case .originalSize: sampling.originalSize.map { "\($0.width)x\($0.height)" }
    case .crop: sampling.crop.map { "\($0.left),\($0.top)" }
    case .scheduler: sampling.scheduler.rawValue
    case .eta: sampling.eta == 0 ? nil : NumberText.exact(sampling.eta)
    case .attention: sampling.attention.rawValue
    case .precision: sampling.precision.rawValue
    case .clipSkip: sampling.clipSkip.map { "\($0)" }
    case .promptSyntax: sampling.promptSyntax == .plain ? nil : sampling.promptSyntax.rawValue
    case .initImage: sampling.initImage.map { "\($0.hash) with strength \(NumberText.exact($0.strength))" }
    case .hires: sampling.hires?.words
    case .hiresRatio: recipe.otherHiresRatio.map(NumberText.exact)
    case .ratio: NumberText.exact(recipe.ratio)
    case .mergeVariant: merging?.variant.rawValue
    case .sx: merging.map { "\($0.sx)" }
    case .sy: merging.map { "\($0.sy)" }
    case .maxDownsample: merging.map { "\($0.maxDownsample)" }
    case .useRand: merging.map { "\($0.useRand)" }
    case .mergeAttn: merging.map { "\($0.mergeAttn)" }
    case .mergeCrossattn: merging.map { "\($0.mergeCrossattn)" }
    case .mergeMlp: merging.map { "\($0.mergeMlp)" }
    case .mergeSteps: merging.map { "\($0.steps)" }
    }
  }

  public func text(_ request: PictureRequest) -> String? {
    switch self {
    case .prompt: request.prompt
    case .seed: "\(request.seed)"
    default: text(request.recipe)
    }
  }
}

/// A field of two requests or recipes, with both values.
public struct PictureDifference: Hashable, Sendable, CustomStringConvertible {
  public let field: PictureField
  public let own: String?
  public let other: String?

  /// As in `guidance_scale (4, 7.5)`.
  public var description: String { "\(field.rawValue) (\(own ?? "none"), \(other ?? "none"))" }
}

extension PictureRecipe {
  /// Where this recipe is another than `other`; empty for equal ones.
  public func differences(from other: PictureRecipe) -> [PictureDifference] {
    pictureDifferences {
      $0.text(self)
    } other: {
      $0.text(other)
    }
  }
}

extension PictureRequest {
  /// Where this request is another than `other`; empty for equal ones.
  public func differences(from other: PictureRequest) -> [PictureDifference] {
    pictureDifferences {
      $0.text(self)
    } other: {
      $0.text(other)
    }
  }
}

private func pictureDifferences(
  _ own: (PictureField) -> String?, other: (PictureField) -> String?
) -> [PictureDifference] {
  PictureField.allCases.compactMap { field in
    let (first, second) = (own(field), other(field))
    return first == second ? nil : PictureDifference(field: field, own: first, other: second)
  }
}
