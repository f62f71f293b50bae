import Metrics
import ResultStore
import Statistics
import Wording

extension Comparison {
  /// What must be read with the table: warnings, what the words mean, how the metric is computed.
  func footnotes() -> [Note] { pairing.notes + rowNotes + peopleNotes + methodNotes + contextNotes }

  private var rowNotes: [Note] {
    let warnings = allRows.flatMap { row in
      row.warnings.map { Note(.row, "\(row.variant.title): \($0)") }
    }
    let open = openRows.map { [Note(.advice, $0)] } ?? []
    let even = rows.filter { $0.timing?.isWithoutDifference == true }.map {
      Note(.row, "\($0.variant.title): no measurable difference in time")
    }
    return warnings + even + damageNotes + open
  }

  /// How many pictures of a row show a kind of damage, a line a row.
  private var damageNotes: [Note] {
    rows.compactMap { row in
      guard let damage = row.damage, !damage.isEmpty else { return nil }
      let counts = DamageKind.allCases.compactMap { kind in damage[kind].map { "\(kind.title) \($0)" } }
      return Note(
        .row,
        "\(row.variant.title): damage by rule, of \(NumberText.count(row.done, "picture")): "
          + counts.joined(separator: ", "))
    }
  }

  /// Which rows no verdict has fallen on, and how many more prompts would settle all; nil where the headline says it,
  /// and where none is open.
  package var openRows: String? {
    guard let more = morePrompts else { return nil }
    switch recommendation {
    case .undecided, .tooFewPrompts: return nil
    case .ratio, .noneSafe, nil: break
    }
    let open = rows.filter { $0.difference?.promptsNeeded != nil }.map(\.variant.label)
    return
      "still open: \(open.joined(separator: ", ")); about \(NumberText.count(more, "more prompt")) would probably "
      + "settle \(open.count == 1 ? "it" : "them")"
  }

  private var methodNotes: [Note] {
    var notes: [String] = []
    if recommendation != nil, let first = rows.first(where: { $0.variant.isMerged })?.variant,
      rows.contains(where: { $0.variant.isMerged && !$0.variant.mergesLike(first) })
    {
      notes.append("the recommendation is among the ratios that merge as \(first.title) does")
    }
    if let margin, !rows.isEmpty {
      notes.append(
        "equivalent: the whole interval lies within ±\(NumberText.fixed(margin, max(2, metric.decimals))) "
          + "\(metric.unitWord)\(marginWords); n.s.: the interval holds zero; intervals over "
          + NumberText.count(promptCount, "prompt"))
    } else if metric.needsBaseline {
      notes.append(
        "\(metric.shortTitle) says how different pictures are from the baseline, not how good: no verdict")
    }
    if let pairScores = pairing.pairScores {
      let names = pairScores.measures.filter { $0.metric.isCaptioned || $0 == measure }.map(\.shortTitle)
      notes.append(
        "\(names.joined(separator: ", ")): between the two runs' pictures of the same prompt, seed and variant"
          + (metric.needsBaseline
            ? "; the change and its verdict are of each run's own, to its baseline" : ""))
    }
    if let blindSpot = VerdictSentence.blindSpot(self) { notes.append(blindSpot) }
    notes.append(
      "95 % intervals: \(bootstrap.method.rawValue) bootstrap of the prompts, \(bootstrap.resamples) resamples, "
        + "seed \(bootstrap.seed)"
        + (rows.count { $0.difference != nil } > 1
          ? "; those of the change hold together for all rows (balanced, Beran 1988), the others each by itself"
          : ""))
    notes.append("\(measure?.key ?? metric.key): \(metric.formula)")
    if rows.contains(where: { $0.setDistance != nil }) {
      notes.append(
        "CMMD: \(SetDistance.formula); n.s.: within it, no difference that this many pictures can show")
    }
    if rows.contains(where: { $0.timing != nil }) {
      notes.append(
        "speed-up: the reference's seconds over a picture's, of the same prompt and seed; exp of the mean of the "
          + "logarithms, one a prompt")
    }
    if let rulerMeasure {
      notes.append(
        "of a seed change: mean \(rulerMeasure.key) distance to the baseline over that between the unmerged "
          + "pictures of two seeds")
    }
    return notes.map { Note(.method, $0) }
  }

  /// What the margin is where nobody could tell from its size.
  private var marginWords: String {
    guard case .shareOfSeedSpread(let share) = rule else { return "" }
    return " (\(NumberText.exact(share)) of the standard deviation between seeds)"
  }

  private var contextNotes: [Note] {
    NullCheckLines.footnotes(pairing.contents.nullChecks)
      + pairing.contents.scorers.filter { $0.kind == .clip }.map { clip in
        Note(
          .method,
          "CLIP scores by \(clip.name) (\(clip.fingerprint.prefix(12))), comparable with the same checkpoint only"
        )
      } + [run.modelNote].compactMap(\.self).map { Note(.model, $0) }
  }
}
