import Metrics
import Pictures
import ResultStore
import Statistics
import TokenMerging
import Wording

extension Comparison {
  /// All that is said of a row, in the order of tables.
  package var columns: [RowColumn] {
    subject + score + identity + distances + [set, damage] + ruler + judgement + cost
  }

  static let verdictTitle = "verdict"

  private var subject: [RowColumn] {
    [
      RowColumn(
        "ratio", .init("Ratio"),
        values: [
          RowValue("variant", isText: true, at: [["label"]]) { .text($0.variant.label) },
          RowValue("ratio") { .number($0.variant.ratio) },
          RowValue("merge_variant", isText: true) { RowScalar($0.variant.recipe.merging?.variant.rawValue) },
          RowValue("hires_ratio") { RowScalar($0.variant.recipe.hiresRatio) },
          RowValue("steps") { RowScalar($0.variant.steps) },
          RowValue("scheduler", isText: true) { RowScalar($0.variant.scheduler?.rawValue) },
          RowValue("equal_time_ratio") { RowScalar($0.variant.equalTimeRatio) },
        ]
      ) { row, _ in Figure(row.variant.label) },
      RowColumn(
        "images", .init("Pictures", kind: .own), spare: .count,
        values: [
          RowValue("images") { .count($0.done) }, RowValue("failed") { .count($0.failed) },
          RowValue("pending") { .count($0.pending) },
        ]
      ) { row, _ in Figure("\(row.done)") },
    ]
  }

  /// The comparison's own measure.
  private var score: [RowColumn] {
    let (measure, metric) = (measure, metric)
    let title = measure?.shortTitle ?? metric.shortTitle
    let mean = RowColumn(
      title, .init(title, kind: .own), spare: .mean, values: meanValues
    ) { [isOfPairs] row, minus in Self.mean(measure, metric, row, minus, isOfPairs: isOfPairs) }
    guard rows.contains(where: { $0.difference != nil }) || metric == .clipScore else {
      return [
        RowColumn("\(title) [95 % CI]", .init(title), isText: true, values: meanValues + differenceValues) {
          row, minus in
          row.score.map { Figure(VerdictSentence.plain($0, decimals: metric.decimals)) }
            ?? Figure(row.variant.isBaseline ? "" : Self.missing(minus))
        }
      ]
    }
    // There is no room for two words.
    let short =
      (metric == .clipScore ? "CLIP" + (measure?.scorerName.map { " (\($0))" } ?? "") : title)
      + (isOfPairs && metric.needsBaseline ? " to own baseline" : "")
    return [
      mean,
      RowColumn(
        "Δ \(short) [95 % CI]", .init("Change [95 % interval]", label: "Change", kind: .change),
        isText: true, values: differenceValues
      ) { row, minus in
        guard let difference = row.difference else { return Figure() }
        let estimate = difference.difference
        return Figure(
          NumberText.signed(estimate.value, metric.decimals, minus: minus),
          interval: estimate.interval.map { _ in
            VerdictSentence(minus: minus).interval(estimate, decimals: metric.decimals)
          },
          isCertain: difference.isSignificant)
      },
      RowColumn(
        Self.verdictTitle, .init("Verdict", kind: .verdict), isText: true
      ) { row, _ in
        var figure = Figure(row.difference?.verdict.word(metric) ?? "")
        figure.verdict = row.difference?.verdict
        return figure
      },
    ]
  }

  /// Whether what compares is of the pictures of two runs.
  package var isOfPairs: Bool { pairing.pairScores != nil }

  /// How many pictures of two runs are the same.
  private var identity: [RowColumn] {
    guard case .run = pairing.kind else { return [] }
    var heading = RowColumn.Heading("Bit-identical")
    heading.explanation = "pictures with the same pixels as the other run’s, of those that both have"
    return [
      RowColumn(
        "bit-identical", heading, isText: true, isOptional: true,
        values: [
          RowValue("bit_identical") { RowScalar($0.pairIdentity?.identical) },
          RowValue("bit_compared") { RowScalar($0.pairIdentity?.count) },
        ]
      ) { row, _ in Figure(row.pairIdentity?.words ?? "") }
    ]
  }

  /// The means of all other measures.
  private var distances: [RowColumn] {
    pairing.measures.filter { $0 != measure }.map { measure in
      let metric = measure.metric
      let unit = metric.unit.isEmpty ? "" : ", \(metric.unit)"
      return RowColumn(
        metric.isCaptioned ? measure.shortTitle : nil,
        metric.isCaptioned
          ? .init(measure.shortTitle + unit, kind: metric.needsBaseline ? .comparison : .own) : nil,
        spare: .similarity, values: [Self.meanValue(measure)]
      ) { [isOfPairs] row, minus in
        let identical = isOfPairs ? row.pairIdentity?.identical ?? 0 : row.identical
        let isIdentical =
          isOfPairs ? identical > 0 && identical == row.pairIdentity?.count : row.isIdentical
        if metric == .psnr, isIdentical { return Figure("identical") }
        var figure = Self.mean(measure, metric, row, minus, isOfPairs: isOfPairs)
        if metric == .psnr, identical > 0 { figure.remark = "+ \(identical) identical" }
        return figure
      }
    } + [
      RowColumn(
        "identical", nil, isOptional: true, spare: .set,
        values: [RowValue("identical") { .count($0.identical) }]
      ) { row, _ in Figure(row.identical > 0 ? "\(row.identical)" : "") }
    ]
  }

  /// Of all pictures at once.
  private var set: RowColumn {
    var heading = RowColumn.Heading("CMMD [floor]", label: "CMMD")
    heading.explanation =
      "how far the pictures as a whole lie from the others, and what chance alone stays under"
    let isMeasured = rows.contains { $0.setDistance != nil }
    return RowColumn(
      isMeasured ? "CMMD [floor]" : nil, isMeasured ? heading : nil, isText: true, spare: .set,
      values: [
        RowValue("cmmd") { RowScalar($0.setDistance?.value) },
        RowValue("cmmd_unbiased") { RowScalar($0.setDistance?.unbiased) },
        RowValue("cmmd_floor") { RowScalar($0.setDistance?.floor) },
        RowValue("cmmd_p_value") { RowScalar($0.setDistance?.pValue) },
        RowValue("cmmd_pairs") { RowScalar($0.setDistance?.pairCount) },
      ]
    ) { row, _ in
      guard let distance = row.setDistance else { return Figure() }
      return Figure(
        NumberText.fixed(distance.value, 4), interval: "[\(NumberText.fixed(distance.floor, 4))]",
        isCertain: !distance.isWithinFloor)
    }
  }

  /// Pictures of each kind, for programs; people read a line of them.
  private var damage: RowColumn {
    RowColumn(
      nil, nil,
      values: DamageKind.allCases.map { kind in
        RowValue("damage_\(kind.key)") { row in RowScalar(row.damage.map { $0[kind, default: 0] }) }
      })
  }

  private var ruler: [RowColumn] {
    let values = [
      RowValue("share_of_seed_change") { RowScalar($0.seedShare?.value) },
      RowValue("share_ci_low") { RowScalar($0.seedShare?.interval?.lower) },
      RowValue("share_ci_high") { RowScalar($0.seedShare?.interval?.upper) },
    ]
    guard let rulerMeasure else { return [RowColumn(nil, nil, values: values)] }
    var heading = RowColumn.Heading("Of a seed change")
    heading.explanation = "how far the picture moved, as a share of how far another seed moves it"
    heading.suffix = " (\(rulerMeasure.shortTitle))"
    return [
      RowColumn(
        "of a seed change (\(rulerMeasure.shortTitle))", heading, isText: true, isOptional: true,
        spare: .seedChange, values: values
      ) { row, _ in
        guard let share = row.seedShare else { return Figure() }
        return Figure(NumberText.percent(share.value), interval: share.bounds(0, times: 100))
      }
    ]
  }

  private var cost: [RowColumn] {
    var effective = RowColumn.Heading("Effective ratio")
    effective.explanation = "the ratio in force: cells keep one token each"
    let isTimed = isTimed
    return [
      RowColumn(
        isTimed ? "s/image" : nil, isTimed ? .init("s / picture", kind: .own) : nil, spare: .seconds,
        values: [RowValue("seconds_per_image") { RowScalar($0.secondsPerImage) }]
      ) { row, minus in Figure(row.secondsPerImage.map(NumberText.seconds) ?? Self.missing(minus)) },
      RowColumn(
        isTimed ? "speed-up [95 % CI]" : nil, isTimed ? .init("Speed-up") : nil, isText: true,
        values: [
          RowValue("speedup") { RowScalar($0.speedUp?.value) },
          RowValue("speedup_ci_low") { RowScalar($0.speedUp?.interval?.lower) },
          RowValue("speedup_ci_high") { RowScalar($0.speedUp?.interval?.upper) },
          RowValue("speedup_significant") { $0.timing.map { .flag($0.isSignificant) } },
          RowValue("speedup_center", isText: true) { RowScalar($0.timing?.center.rawValue) },
          RowValue("timed_pairs") { RowScalar($0.timing?.pairCount) },
          RowValue("slower_pairs") { RowScalar($0.timing?.slower) },
          RowValue("timing_noisy") { $0.timing.map { .flag($0.isNoisy) } },
        ]
      ) { row, _ in
        guard let timing = row.timing else { return Figure() }
        var figure = Figure(
          NumberText.fixed(timing.estimate.value, 2) + "×",
          interval: timing.estimate.bounds(2), isCertain: timing.isSignificant)
        if timing.isWithoutDifference { figure.remark = "no measurable difference" }
        return figure
      },
      RowColumn(
        nil, .init("Memory", kind: .own),
        values: [RowValue("peak_memory_bytes") { RowScalar($0.peakMemoryBytes) }]
      ) { row, minus in Figure(row.peakMemoryBytes.map(NumberText.bytes) ?? Self.missing(minus)) },
      RowColumn(
        "effective", effective, spare: .effect,
        values: [
          RowValue("effective_ratio") { .number($0.effectiveRatio) },
          RowValue("warnings", isText: true) { .list($0.warnings) },
        ]
      ) { row, _ in
        guard row.variant.isMerged else { return Figure() }
        var figure = Figure(NumberText.ratio((row.effectiveRatio * 1000).rounded() / 1000))
        figure.isAlarming = row.isCapped
        return figure
      },
    ]
  }
}

extension Comparison {
  private static func missing(_ minus: NumberText.Minus) -> String { minus == .hyphen ? "-" : "–" }

  private static func mean(
    _ measure: Measure?, _ metric: Metric, _ row: Row, _ minus: NumberText.Minus, isOfPairs: Bool
  ) -> Figure {
    if row.variant.isBaseline, metric.needsBaseline, !isOfPairs { return Figure() }
    let mean = measure.flatMap { row.means[$0] }
    return Figure(mean.map { NumberText.fixed($0, metric.decimals, minus: minus) } ?? missing(minus))
  }

  /// Of any measure. That of a metric's first scorer has a key of its own in JSON, the CLIP score's with more in it.
  private static func meanValue(_ measure: Measure) -> RowValue {
    let isFirst = measure.key == measure.metric.key
    let own = measure.metric == .clipScore ? ["clip_score", "mean"] : [measure.key]
    return RowValue("mean_\(measure.key)", at: [["means", measure.key]] + (isFirst ? [own] : [])) {
      RowScalar($0.means[measure])
    }
  }

  /// Where a value of the comparison's own measure stands in JSON.
  private func paths(_ key: String) -> [[String]] {
    [["score", key]] + (measure?.key == Metric.clipScore.key ? [["clip_score", key]] : [])
  }

  private var meanValues: [RowValue] {
    let measure = measure
    return [
      RowValue("mean", at: paths("mean")) { row in RowScalar(measure.flatMap { row.means[$0] }) },
      RowValue("mean_ci_low", at: paths("mean_ci_low")) { RowScalar($0.score?.interval?.lower) },
      RowValue("mean_ci_high", at: paths("mean_ci_high")) { RowScalar($0.score?.interval?.upper) },
    ] + (measure.map { [Self.meanValue($0)] } ?? [])
  }

  private var differenceValues: [RowValue] {
    func value(
      _ key: String, _ scalar: @escaping @Sendable (PairedComparison) -> RowScalar?
    ) -> RowValue {
      RowValue(key, at: paths(key)) { $0.difference.flatMap(scalar) }
    }
    return [
      value("delta") { .number($0.difference.value) },
      value("ci_low") { RowScalar($0.difference.interval?.lower) },
      value("ci_high") { RowScalar($0.difference.interval?.upper) },
      value("single_ci_low") { RowScalar($0.singleInterval?.lower) },
      value("single_ci_high") { RowScalar($0.singleInterval?.upper) },
      value("p_value") { .number($0.pValue) },
      value("p_value_adjusted") { .number($0.adjustedPValue) },
      value("p_value_sign_flip") { .number($0.signFlipPValue) },
      value("p_value_equivalence") { .number($0.equivalencePValue) },
      value("significant") { .flag($0.isSignificant) },
      value("prompts") { .count($0.promptCount) },
      value("pairs") { .count($0.pairCount) },
      value("lost_beyond_margin") { .count($0.lostPairCount) },
      value("prompts_needed") { RowScalar($0.promptsNeeded) },
      RowValue("verdict", isText: true) { RowScalar($0.difference?.verdict.rawValue) },
    ]
  }
}
