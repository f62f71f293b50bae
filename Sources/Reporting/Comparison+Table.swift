import ResultStore
import Statistics

/// The comparison as aligned text for a terminal or a file.
extension Comparison {
  /// - Parameter isTerminal: Whether verdicts are coloured.
  public func table(isTerminal: Bool) -> String {
    let sentence = VerdictSentence(minus: .hyphen)
    let columns = Self.columns.filter { column in
      column.isOptional ? rows.contains { !column.text($0, sentence).isEmpty } : true
    }
    let body = (baseline.map { [$0] } ?? []) + rows
    let cells = body.map { row in columns.map { $0.text(row, sentence) } }
    let widths = columns.indices.map { column in
      (cells.map { $0[column].count } + [columns[column].title.count]).max() ?? 0
    }
    func line(_ texts: [String], _ verdict: Verdict?) -> String {
      let padded = columns.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - texts[column].count)
        let text = columns[column].isText ? texts[column] + space : space + texts[column]
        guard isTerminal, columns[column].title == "verdict", let verdict else { return text }
        return verdict.terminalColor + text + "\u{1B}[0m"
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed())
    }
    var lines = [sentence.headline(self), ""]
    lines.append(line(columns.map(\.title), nil))
    for (row, texts) in zip(body, cells) { lines.append(line(texts, row.difference?.verdict)) }
    let notes = footnotes
    if !notes.isEmpty { lines += [""] + notes }
    return lines.joined(separator: "\n")
  }

  private var footnotes: [String] {
    var notes = ((baseline.map { [$0] } ?? []) + rows).flatMap { row in
      row.warnings.map { "\(row.variant.title): \($0)" }
    }
    if let margin, !rows.isEmpty {
      notes.append(
        "equivalent: the whole interval lies within ±\(NumberText.fixed(margin, 2)) points; "
          + "~ not significant after Holm; intervals over \(NumberText.count(promptCount, "prompt"))")
    }
    notes += NullCheckLines.footnotes(nullChecks)
    if let clip = run.clipName {
      notes.append("CLIP scores by \(clip), comparable with the same checkpoint only")
    }
    if let note = run.modelNote { notes.append(note) }
    return notes
  }

  private struct Column: Sendable {
    let title: String
    var isText = false
    /// Left out where no row has anything to say.
    var isOptional = false
    let text: @Sendable (Row, VerdictSentence) -> String
  }

  private static let columns: [Column] = [
    Column(title: "ratio") { row, _ in row.variant.label },
    Column(title: "images") { row, _ in "\(row.done)" },
    Column(title: "CLIP score") { row, _ in number(row.clipScore, .clipScore) },
    Column(title: "Δ CLIP [95 % CI]", isText: true) { row, sentence in
      guard let difference = row.difference else { return "" }
      return (difference.isSignificant ? " " : "~") + sentence.difference(difference.difference)
    },
    Column(title: "verdict", isText: true) { row, _ in row.difference?.verdict.rawValue ?? "" },
    Column(title: "CLIP-I") { row, _ in row.variant.isBaseline ? "" : number(row.clipImage, .clipImage) },
    Column(title: "SSIM") { row, _ in row.variant.isBaseline ? "" : number(row.ssim, .ssim) },
    Column(title: "PSNR") { row, _ in
      row.variant.isBaseline ? "" : row.isIdentical ? "identical" : number(row.psnr, .psnr)
    },
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

  private static func number(_ value: Double?, _ metric: ScoreMetric) -> String {
    value.map { NumberText.fixed($0, metric.decimals) } ?? "-"
  }
}

extension Comparison.Row {
  /// Whether every picture equals its baseline.
  public var isIdentical: Bool { done > 0 && identical == done }
}

extension Verdict {
  fileprivate var terminalColor: String {
    switch self {
    case .equivalent: "\u{1B}[32m"
    case .worse: "\u{1B}[31m"
    case .better: "\u{1B}[36m"
    case .inconclusive: "\u{1B}[33m"
    }
  }
}
