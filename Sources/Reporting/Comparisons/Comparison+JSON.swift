import Foundation
import Metrics
import ResultStore
import Statistics

/// The comparison as JSON, unrounded; what is unknown is left out.
extension ComparisonReport {
  /// Keys sorted, indented, without a newline at the end.
  func json() -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Only numbers that JSON cannot hold make encoding fail, and those are texts here.
    guard let data = try? encoder.encode(Document(self)) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  private struct Document: Encodable {
    let run: String
    let model: String
    let clip: String?
    let clipFingerprint: String?
    let against: String
    let metric: String
    let formula: String
    let seeds: [Int]
    let bootstrapResamples: Int
    let bootstrapMethod: String
    let seedChangeMetric: String?
    let conclusion: String
    let exitCode: Int32
    let notes: [String]
    let gates: [GateDocument]
    let by: String?
    let groups: [GroupDocument]?
    let worst: [WorstDocument]?
    let prompts: Int
    let margin: Double?
    let recommendedRatio: Double?
    let recommendation: String
    let sureness: Double?
    let baseline: RowDocument?
    let ratios: [RowDocument]

    init(_ report: ComparisonReport) {
      let comparison = report.comparison
      run = comparison.run.name
      model = comparison.run.modelName
      clip = comparison.run.clipName
      clipFingerprint = comparison.run.clipFingerprint
      against = comparison.pairing.kind.name
      metric = comparison.metric.rawValue
      formula = comparison.metric.metric.formula
      seeds = comparison.pairing.seeds
      bootstrapResamples = comparison.bootstrap.resamples
      bootstrapMethod = comparison.bootstrap.method.rawValue
      seedChangeMetric = comparison.rulerMetric?.rawValue
      conclusion = report.conclusion.headline
      exitCode = report.conclusion.exitCode
      notes = comparison.pairing.notes
      gates = report.conclusion.checks.map {
        GateDocument(condition: $0.gate.text, outcome: $0.outcome.rawValue, detail: $0.detail)
      }
      by = report.dimension?.rawValue
      groups = report.dimension.map { _ in report.groups.map(GroupDocument.init) }
      worst = report.worst.isEmpty ? nil : report.worst.map(WorstDocument.init)
      prompts = comparison.promptCount
      margin = comparison.margin
      recommendedRatio = comparison.recommendedRatio
      recommendation = report.conclusion.headline
      sureness = comparison.sureness
      baseline = comparison.baseline.map { RowDocument($0, comparison.metric) }
      ratios = comparison.rows.map { RowDocument($0, comparison.metric) }
    }
  }

  private struct GateDocument: Encodable {
    let condition: String
    let outcome: String
    let detail: String
  }

  private struct GroupDocument: Encodable {
    let name: String
    let prompts: Int
    let recommendedRatio: Double?
    let recommendation: String?
    let sureness: Double?
    let ratios: [RowDocument]

    init(_ group: Comparison.Group) {
      name = group.name
      prompts = group.comparison.promptCount
      recommendedRatio = group.comparison.recommendedRatio
      recommendation = VerdictSentence.advice(group.comparison)
      sureness = group.comparison.sureness
      ratios = group.comparison.rows.map { RowDocument($0, group.comparison.metric) }
    }
  }

  private struct WorstDocument: Encodable {
    let prompt: String
    let seed: Int
    let variant: String
    let score: Double
    let reference: Double?
    let delta: Double?
    let scores: [String: Double]
    let path: String

    init(_ picture: WorstPicture) {
      prompt = picture.prompt
      seed = picture.seed
      variant = picture.variant
      score = picture.score
      reference = picture.reference
      delta = picture.difference
      scores = Dictionary(uniqueKeysWithValues: picture.scores.map { ($0.key.rawValue, $0.value) })
      path = picture.path
    }
  }

  private struct RowDocument: Encodable {
    struct Score: Encodable {
      var mean: Double?
      var meanCiLow: Double?
      var meanCiHigh: Double?
      var delta: Double?
      var ciLow: Double?
      var ciHigh: Double?
      var pValue: Double?
      var pValueHolm: Double?
      var pValueEquivalence: Double?
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
    /// The comparison's metric.
    let score: Score
    /// The same where the metric is the CLIP score, its mean alone otherwise.
    let clipScore: Score
    let clipImage: Double?
    let ssim: Double?
    let psnr: Double?
    let mae: Double?
    let rmse: Double?
    let means: [String: Double]
    let shareOfSeedChange: Double?
    let shareCiLow: Double?
    let shareCiHigh: Double?
    let secondsPerImage: Double?
    let speedup: Double?
    let speedupCiLow: Double?
    let speedupCiHigh: Double?
    let peakMemoryBytes: Int?
    let warnings: [String]

    init(_ row: Comparison.Row, _ metric: ScoreMetric) {
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
      score = Score(
        mean: row.means[metric], meanCiLow: row.score?.interval?.lower,
        meanCiHigh: row.score?.interval?.upper,
        delta: compared?.difference.value, ciLow: compared?.difference.interval?.lower,
        ciHigh: compared?.difference.interval?.upper, pValue: compared?.pValue,
        pValueHolm: compared?.adjustedPValue, pValueEquivalence: compared?.equivalencePValue,
        significant: compared?.isSignificant, prompts: compared?.promptCount, pairs: compared?.pairCount,
        promptsNeeded: compared?.promptsNeeded)
      clipScore = metric == .clipScore ? score : Score(mean: row.means[.clipScore])
      clipImage = row.means[.clipImage]
      ssim = row.means[.ssim]
      psnr = row.means[.psnr]
      mae = row.means[.mae]
      rmse = row.means[.rmse]
      means = Dictionary(uniqueKeysWithValues: row.means.map { ($0.key.rawValue, $0.value) })
      shareOfSeedChange = row.seedShare?.value
      shareCiLow = row.seedShare?.interval?.lower
      shareCiHigh = row.seedShare?.interval?.upper
      secondsPerImage = row.secondsPerImage
      speedup = row.speedUp?.value
      speedupCiLow = row.speedUp?.interval?.lower
      speedupCiHigh = row.speedUp?.interval?.upper
      peakMemoryBytes = row.peakMemoryBytes
      warnings = row.warnings
    }
  }
}

extension Comparison {
  public func json() -> String { ComparisonReport(self).json() + "\n" }

  var recommendedRatio: Double? { if case .ratio(let ratio) = recommendation { ratio } else { nil } }
}
