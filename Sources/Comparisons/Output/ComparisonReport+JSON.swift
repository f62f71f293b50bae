import Foundation
import Metrics
import Pictures
import ResultStore
import Statistics
import Wording

/// The comparison as JSON, unrounded; what is unknown is left out.
extension ComparisonReport {
  /// Keys sorted, indented, without a newline at the end.
  func json() -> String { Self.text(of: Document(self)) }

  /// Of several, each as it is alone.
  static func json(_ reports: [ComparisonReport]) -> String {
    text(of: ["comparisons": reports.map(Document.init)])
  }

  private static func text(of document: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Only numbers that JSON cannot hold make encoding fail, and those are texts here.
    guard let data = try? encoder.encode(document) else { return "{}" }
    return JSONText.visible(String(decoding: data, as: UTF8.self))
  }

  private struct Document: Encodable {
    let run: String
    let model: String
    let clip: String?
    let clipFingerprint: String?
    let scorers: [ScorerDocument]
    let against: String
    let metric: String
    let formula: String
    let seeds: [Seed]
    let bootstrapResamples: Int
    let bootstrapMethod: String
    let seedChangeMetric: String?
    let conclusion: String
    let exitCode: Int32
    let notes: [String]
    let nullChecks: [CheckDocument]
    let missingFiles: Int
    let changedFiles: Int
    let gates: [GateCheck]
    let by: String?
    let groups: [GroupDocument]?
    let worst: [WorstDocument]?
    let prompts: Int
    let margin: Double?
    let recommendedRatio: Double?
    let recommendation: String
    let sureness: Double?
    let baseline: RowScalar?
    let ratios: [RowScalar]
    let people: PeopleDocument?

    init(_ report: ComparisonReport) {
      let comparison = report.comparison
      run = comparison.run.name
      model = comparison.run.modelName
      let contents = comparison.pairing.contents
      clip = contents.scorer(.clip)?.name
      clipFingerprint = contents.scorer(.clip)?.fingerprint
      scorers = contents.scorers.map {
        ScorerDocument(kind: $0.kind.rawValue, name: $0.name, fingerprint: $0.fingerprint)
      }
      against = comparison.pairing.kind.name
      metric = comparison.measure?.key ?? comparison.metric.key
      formula = comparison.metric.formula
      seeds = comparison.pairing.seeds
      bootstrapResamples = comparison.bootstrap.resamples
      bootstrapMethod = comparison.bootstrap.method.rawValue
      seedChangeMetric = comparison.rulerMeasure?.key
      conclusion = report.conclusion.headline
      exitCode = report.conclusion.exitCode
      notes = comparison.pairing.notes.map(\.text)
      nullChecks = contents.nullChecks.map {
        CheckDocument(kind: $0.kind.rawValue, outcome: $0.outcome.rawValue, detail: $0.detail)
      }
      missingFiles = report.files.gone
      changedFiles = report.files.others.count
      gates = report.conclusion.checks
      by = report.dimension?.rawValue
      groups = report.dimension.map { _ in report.groups.map(GroupDocument.init) }
      worst = report.worst.isEmpty ? nil : report.worst.map(WorstDocument.init)
      prompts = comparison.promptCount
      margin = comparison.margin
      recommendedRatio = comparison.recommendedRatio
      recommendation = report.conclusion.headline
      sureness = comparison.sureness
      baseline = comparison.documents([comparison.baseline].compactMap(\.self)).first
      ratios = comparison.documents(comparison.rows)
      people = comparison.people.map(PeopleDocument.init)
    }
  }

  private struct ScorerDocument: Encodable {
    let kind: String
    let name: String
    let fingerprint: String
  }

  private struct CheckDocument: Encodable {
    let kind: String
    let outcome: String
    let detail: String
  }

  private struct GroupDocument: Encodable {
    let name: String
    let prompts: Int
    let recommendedRatio: Double?
    let recommendation: String?
    let sureness: Double?
    let ratios: [RowScalar]

    init(_ group: Comparison.Group) {
      name = group.name
      prompts = group.comparison.promptCount
      recommendedRatio = group.comparison.recommendedRatio
      recommendation = VerdictSentence.advice(group.comparison)
      sureness = group.comparison.sureness
      ratios = group.comparison.documents(group.comparison.rows)
    }
  }

  private struct WorstDocument: Encodable {
    let prompt: String
    let seed: Seed
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
      scores = Dictionary(
        picture.scores.map { ($0.key.key, $0.value) }, uniquingKeysWith: { first, _ in first })
      path = picture.path
    }
  }
}

extension Comparison {
  public func json() -> String { ComparisonReport(self).json() + "\n" }

  package var recommendedRatio: Double? { if case .ratio(let ratio) = recommendation { ratio } else { nil } }
}
