import Foundation
import ResultStore
import Statistics

/// The comparison as JSON, unrounded; what is unknown is left out.
extension Comparison {
  /// Keys sorted, indented, ended by a newline.
  public func json() -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Only numbers that JSON cannot hold make encoding fail, and those are texts here.
    guard let data = try? encoder.encode(Document(self)) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    let run: String
    let model: String
    let clip: String?
    let prompts: Int
    let seeds: [Int]
    let margin: Double?
    let bootstrapResamples: Int
    let recommendedRatio: Double?
    let recommendation: String
    let baseline: RowDocument?
    let ratios: [RowDocument]

    init(_ comparison: Comparison) {
      run = comparison.run.name
      model = comparison.run.modelName
      clip = comparison.run.clipName
      prompts = comparison.promptCount
      seeds = comparison.run.settings.seeds
      margin = comparison.margin
      bootstrapResamples = comparison.bootstrap.resamples
      recommendedRatio = if case .ratio(let ratio) = comparison.recommendation { ratio } else { nil }
      recommendation = VerdictSentence(minus: .hyphen).headline(comparison)
      baseline = comparison.baseline.map(RowDocument.init)
      ratios = comparison.rows.map(RowDocument.init)
    }
  }

  private struct RowDocument: Encodable {
    struct Score: Encodable {
      var mean: Double?
      var delta: Double?
      var ciLow: Double?
      var ciHigh: Double?
      var pValue: Double?
      var pValueHolm: Double?
      var significant: Bool?
      var prompts: Int?
      var pairs: Int?
      var promptsNeeded: Int?
    }

    let label: String
    let ratio: Double
    let mergeVariant: String
    /// Where they are not the run's own.
    let steps: Int?
    let equalTimeRatio: Double?
    let effectiveRatio: Double
    let images: Int
    let failed: Int
    let pending: Int
    let identical: Int
    let verdict: Verdict?
    let clipScore: Score
    let clipImage: Double?
    let ssim: Double?
    let psnr: Double?
    let mae: Double?
    let rmse: Double?
    let secondsPerImage: Double?
    let speedup: Double?
    let speedupCiLow: Double?
    let speedupCiHigh: Double?
    let warnings: [String]

    init(_ row: Row) {
      let compared = row.difference
      label = row.variant.label
      ratio = row.variant.ratio
      mergeVariant = row.variant.mergeVariant
      steps = row.variant.steps
      equalTimeRatio = row.variant.equalTimeRatio
      effectiveRatio = row.variant.effectiveRatio
      images = row.done
      failed = row.failed
      pending = row.pending
      identical = row.identical
      verdict = compared?.verdict
      clipScore = Score(
        mean: row.clipScore, delta: compared?.difference.value, ciLow: compared?.difference.interval?.lower,
        ciHigh: compared?.difference.interval?.upper, pValue: compared?.pValue,
        pValueHolm: compared?.adjustedPValue, significant: compared?.isSignificant,
        prompts: compared?.promptCount, pairs: compared?.pairCount, promptsNeeded: compared?.promptsNeeded)
      clipImage = row.clipImage
      ssim = row.ssim
      psnr = row.psnr
      mae = row.mae
      rmse = row.rmse
      secondsPerImage = row.secondsPerImage
      speedup = row.speedUp?.value
      speedupCiLow = row.speedUp?.interval?.lower
      speedupCiHigh = row.speedUp?.interval?.upper
      warnings = row.warnings
    }
  }
}
