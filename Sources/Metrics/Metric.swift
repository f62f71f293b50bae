/// A number that is measured for every picture. This is the one list of them: what tables, reports, comparisons and
/// the store know of a metric, they know from here. In the order of tables.
public enum Metric: String, Codable, Sendable, CaseIterable {
  /// How well a picture shows its prompt (Hessel et al. 2021).
  case clipScore = "clip_score"
  /// How alike a picture and its baseline are to CLIP.
  case clipImage = "clip_image"
  /// How well people would like a picture for its prompt (Kirstain et al. 2023).
  case pickScore = "pickscore"
  /// How people would rate a picture (LAION's predictor).
  case aesthetic
  /// How far apart the features of two pictures are (Zhang et al. 2018).
  case lpips
  /// See ``ImageDifferences/ssim``.
  case ssim
  /// See ``ImageDifferences/msSSIM``.
  case msSSIM = "ms_ssim"
  /// See ``ImageDifferences/psnr``.
  case psnr
  /// See ``ImageDifferences/mae``.
  case mae
  /// See ``ImageDifferences/rmse``.
  case rmse
  /// See ``ImageDifferences/deltaE``.
  case deltaE = "delta_e"
  /// See ``ImageDifferences/changedPixels``.
  case changedPixels = "changed_pixels"

  /// Which values are the better ones.
  public enum Direction: String, Sendable { case higher, lower }

  /// What computes a metric.
  public enum Scorer: String, Codable, Sendable, CaseIterable {
    /// Nothing but the pictures.
    case pixels
    /// A CLIP checkpoint.
    case clip
    /// A CLIP checkpoint that was trained on which of two pictures people prefer.
    case pick
    /// A head on a CLIP checkpoint's embeddings that was trained on how people rate pictures.
    case aesthetic
    /// Weights of LPIPS.
    case lpips
  }

  /// What must be known to show a metric.
  package struct Definition: Sendable {
    package let title: String
    /// Short enough for a column or a caption.
    package let shortTitle: String
    /// Empty for plain numbers.
    package let unit: String
    package let betterDirection: Direction
    /// Places after the decimal point that are worth showing.
    package let decimals: Int
    /// How it is computed, in one line, with every setting that changes its value.
    package let formula: String
    /// Whether it compares with the picture made without merging.
    package let needsBaseline: Bool
    package let scorer: Scorer
    /// Pictures with a side below this have no value.
    package let minimumSide: Int
    /// Whether it stands under every picture that has it; the others say what those say, and are for sorting.
    package let isCaptioned: Bool

    fileprivate init(
      _ title: String, shortTitle: String? = nil, unit: String = "", better: Direction, decimals: Int,
      needsBaseline: Bool = true, scorer: Scorer = .pixels, minimumSide: Int = 1, isCaptioned: Bool = false,
      formula: String
    ) {
      self.title = title
      self.shortTitle = shortTitle ?? title
      self.unit = unit
      betterDirection = better
      self.decimals = decimals
      self.formula = formula
      self.needsBaseline = needsBaseline
      self.scorer = scorer
      self.minimumSide = minimumSide
      self.isCaptioned = isCaptioned
    }
  }

  package var definition: Definition {
    switch self {
    case .clipScore:
      Definition(
        "CLIP score", better: .higher, decimals: 2, needsBaseline: false, scorer: .clip, isCaptioned: true,
        formula: "100 cos(image embedding, prompt embedding), not clamped")
    case .clipImage:
      Definition(
        "CLIP image similarity", shortTitle: "CLIP-I", better: .higher, decimals: 2, scorer: .clip,
        isCaptioned: true, formula: "100 cos(image embedding, baseline image embedding)")
    case .pickScore:
      Definition(
        "PickScore", better: .higher, decimals: 3, needsBaseline: false, scorer: .pick, isCaptioned: true,
        formula:
          "Kirstain 2023: exp(logit_scale) cos(image embedding, prompt embedding) of a preference model")
    case .aesthetic:
      Definition(
        "Aesthetic score", shortTitle: "Aesthetic", better: .higher, decimals: 3, needsBaseline: false,
        scorer: .aesthetic, isCaptioned: true,
        formula:
          "LAION's predictor: a linear map, or five in a row, of the image embedding of length 1; about 1 to 10, "
          + "the prompt has no part in it")
    case .lpips:
      Definition(
        "LPIPS", better: .lower, decimals: 4, scorer: .lpips, minimumSide: 31, isCaptioned: true,
        formula: "Zhang 2018, v0.1 with AlexNet: features of 5 layers divided by their length, squared "
          + "differences weighted by the linear heads, mean over positions, sum over layers; sides of at least 31"
      )
    case .ssim:
      Definition(
        "SSIM", better: .higher, decimals: 4, minimumSide: 11, isCaptioned: true,
        formula: "Wang 2004: Gaussian window 11×11, σ 1.5, K₁ 0.01, K₂ 0.03, range 255, "
          + "inner pixels of each RGB channel, then the mean")
    case .msSSIM:
      Definition(
        "MS-SSIM", better: .higher, decimals: 4, minimumSide: 176,
        formula: "Wang 2003: 5 scales halved by 2×2 means, weights 0.0448, 0.2856, 0.3001, 0.2363, 0.1333; "
          + "sides of at least 176")
    case .psnr:
      Definition(
        "PSNR", unit: "dB", better: .higher, decimals: 2, isCaptioned: true,
        formula: "10 log10(255² / MSE) over 8-bit RGB; identical pictures have none")
    case .mae:
      Definition(
        "MAE", unit: "levels", better: .lower, decimals: 2, formula: "mean |difference| over 8-bit RGB")
    case .rmse:
      Definition(
        "RMSE", unit: "levels", better: .lower, decimals: 2, formula: "√ mean difference² over 8-bit RGB")
    case .deltaE:
      Definition(
        "CIEDE2000 colour difference", shortTitle: "CIEDE2000", unit: "ΔE", better: .lower, decimals: 2,
        formula:
          "Sharma 2005: CIEDE2000 with kL = kC = kH = 1 of each pixel's CIELAB, from 8-bit sRGB under D65 "
          + "for the 2° observer, then the mean")
    case .changedPixels:
      Definition(
        "Changed pixels", unit: "share", better: .lower, decimals: 3,
        formula: "share of pixels of which a channel differs by more than 8 levels")
    }
  }

  /// The name in the store, in JSON and on the command line.
  package var key: String { rawValue }
  /// What people call it.
  public var title: String { definition.title }
  package var shortTitle: String { definition.shortTitle }
  /// Empty for plain numbers.
  public var unit: String { definition.unit }
  package var decimals: Int { definition.decimals }
  /// How it is computed, in one line, with every setting that changes its value.
  public var formula: String { definition.formula }
  /// Whether it compares with another picture.
  public var needsBaseline: Bool { definition.needsBaseline }
  /// What computes it; this library computes those of ``Scorer/pixels``.
  public var scorer: Scorer { definition.scorer }
  /// Pictures with a side below this, in pixels, have no value.
  public var minimumSide: Int { definition.minimumSide }
  package var isCaptioned: Bool { definition.isCaptioned }
  /// Which values are the better ones.
  public var betterDirection: Direction { definition.betterDirection }
  /// Whether larger values are better.
  public var higherIsBetter: Bool { betterDirection == .higher }

  /// What a difference is counted in.
  package var unitWord: String { scorer == .clip || unit.isEmpty ? "points" : unit }

  /// Why pictures of this size, in pixels, have no value; nil when they have one.
  package func absence(width: Int, height: Int) -> String? {
    guard min(width, height) < minimumSide else { return nil }
    return "needs sides of at least \(minimumSide) pixels, the pictures are \(width)x\(height)"
  }

  /// How far two pictures lie apart: 0 for equal ones. A similarity counts from its largest value; PSNR, whose
  /// largest is infinite, says what RMSE says and has no distance of its own.
  package func distance(_ value: Double) -> Double? {
    guard needsBaseline, self != .psnr else { return nil }
    guard higherIsBetter else { return value }
    return (scorer == .clip ? 100 : 1) - value
  }
}
