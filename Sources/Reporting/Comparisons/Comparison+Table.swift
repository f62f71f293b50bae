import Metrics
import ResultStore
import Statistics

/// The comparison as columns for people.
extension Comparison {
  /// - Parameter isTerminal: Whether verdicts are coloured.
  public func table(isTerminal: Bool) -> String {
    ComparisonReport(self).text(.table, isTerminal: isTerminal)
  }

  var allRows: [Row] { (baseline.map { [$0] } ?? []) + rows }

  /// The rows, for people; columns where no row says anything are left out.
  func textTable() -> TextTable {
    let sentence = VerdictSentence(minus: .hyphen)
    let columns = self.columns.filter { column in
      !column.isOptional || rows.contains { !column.text($0, sentence).isEmpty }
    }
    return TextTable(
      columns: columns.map { .init(title: $0.title, isText: $0.isText) },
      rows: allRows.map { row in columns.map { $0.text(row, sentence) } })
  }

  private struct Column: Sendable {
    let title: String
    var isText = false
    /// Left out where no row has anything to say.
    var isOptional = false
    let text: @Sendable (Row, VerdictSentence) -> String
  }

  static let verdictTitle = "verdict"

  private var columns: [Column] {
    let metric = metric
    let isPaired = rows.contains { $0.difference != nil }
    let title = metric.shortTitle
    let delta = metric == .clipScore ? "CLIP" : title
    var columns = [
      Column(title: "ratio") { row, _ in row.variant.label },
      Column(title: "images") { row, _ in "\(row.done)" },
    ]
    if isPaired || metric == .clipScore {
      columns += [
        Column(title: title) { row, _ in Self.number(row.means[metric], metric) },
        Column(title: "Δ \(delta) [95 % CI]", isText: true) { row, sentence in
          guard let difference = row.difference else { return "" }
          return (difference.isSignificant ? " " : "~")
            + sentence.difference(difference.difference, decimals: metric.decimals)
        },
        Column(title: Self.verdictTitle, isText: true) { row, _ in row.difference?.verdict.rawValue ?? "" },
      ]
    } else {
      columns.append(
        Column(title: "\(title) [95 % CI]", isText: true) { row, _ in
          guard let score = row.score else { return row.variant.isBaseline ? "" : "-" }
          return VerdictSentence.plain(score, decimals: metric.decimals)
        })
    }
    if let rulerMetric {
      columns.append(
        Column(title: "of a seed change (\(rulerMetric.shortTitle))", isText: true, isOptional: true) {
          row, _ in
          row.seedShare.map(VerdictSentence.percent) ?? ""
        })
    }
    for other in ScoreMetric.captioned where other != metric {
      // Few runs have LPIPS weights.
      columns.append(
        Column(title: other.shortTitle, isOptional: other.needsLPIPS) { row, _ in
          if row.variant.isBaseline, other.needsBaseline { return "" }
          if other.needsLPIPS, row.means[other] == nil { return "" }
          return other == .psnr && row.isIdentical ? "identical" : Self.number(row.means[other], other)
        })
    }
    return columns + [
      Column(title: "identical", isOptional: true) { row, _ in row.identical > 0 ? "\(row.identical)" : "" },
      Column(title: "s/image") { row, _ in row.secondsPerImage.map(NumberText.seconds) ?? "" },
      Column(title: "speed-up [95 % CI]", isText: true) { row, _ in
        guard let speedUp = row.speedUp else { return "" }
        let bounds = speedUp.interval.map {
          " [\(NumberText.fixed($0.lower, 2)), \(NumberText.fixed($0.upper, 2))]"
        }
        return (row.isSpeedUpSignificant ? " " : "~") + NumberText.fixed(speedUp.value, 2) + "×"
          + (bounds ?? "")
      },
      Column(title: "effective") { row, _ in
        row.variant.ratio == 0 ? "" : NumberText.ratio(row.variant.effectiveRatio)
      },
    ]
  }

  private static func number(_ value: Double?, _ metric: ScoreMetric) -> String {
    value.map { NumberText.fixed($0, metric.decimals) } ?? "-"
  }

  /// What must be read with the table: warnings, what the words mean, how the metric is computed.
  func footnotes() -> [String] {
    var notes = pairing.notes
    notes += allRows.flatMap { row in row.warnings.map { "\(row.variant.title): \($0)" } }
    for row in rows {
      guard let difference = row.difference, let needed = difference.promptsNeeded else { continue }
      let more = needed - difference.promptCount
      notes.append("\(row.variant.title): about \(NumberText.count(more, "more prompt")) would settle it")
    }
    if recommendation != nil, let first = rows.first(where: { $0.variant.ratio > 0 })?.variant,
      rows.contains(where: { $0.variant.ratio > 0 && !$0.variant.mergesLike(first) })
    {
      notes.append("the recommendation is among the ratios that merge as \(first.title) does")
    }
    if let margin, !rows.isEmpty {
      notes.append(
        "equivalent: the whole interval lies within ±\(NumberText.fixed(margin, max(2, metric.decimals))) "
          + "\(metric.unitWord); ~ not significant after Holm; intervals over "
          + NumberText.count(promptCount, "prompt"))
    } else if metric.needsBaseline {
      notes.append(
        "\(metric.shortTitle) says how different pictures are from the baseline, not how good: no verdict")
    }
    notes.append(
      "95 % intervals: \(bootstrap.method.rawValue) bootstrap of the prompts, \(bootstrap.resamples) resamples, "
        + "seed \(bootstrap.seed)")
    notes.append("\(metric.rawValue): \(metric.metric.formula)")
    if let rulerMetric {
      notes.append(
        "of a seed change: mean \(rulerMetric.rawValue) distance to the baseline over that between the unmerged "
          + "pictures of two seeds")
    }
    notes += NullCheckLines.footnotes(pairing.contents.nullChecks)
    if let clip = run.clipName {
      let fingerprint = run.clipFingerprint.map { " (\($0.prefix(12)))" } ?? ""
      notes.append("CLIP scores by \(clip)\(fingerprint), comparable with the same checkpoint only")
    }
    if let note = run.modelNote { notes.append(note) }
    return notes
  }
}

extension Verdict {
  var terminalColor: String {
    switch self {
    case .equivalent: "\u{1B}[32m"
    case .worse: "\u{1B}[31m"
    case .better: "\u{1B}[36m"
    case .inconclusive: "\u{1B}[33m"
    }
  }
}

extension ScoreMetric {
  /// What a difference is counted in.
  var unitWord: String { needsCLIP || metric.unit.isEmpty ? "points" : metric.unit }
}
