import ResultStore
import Statistics
import Wording

/// What people say, in sentences.
extension People {
  /// A sentence for each ratio that was voted on, in their order, without a full stop.
  package func sentences(_ rows: [Comparison.Row]) -> [String] {
    rows.compactMap { row in preferences[row.variant.id].map { sentence($0, row.variant) } }
  }

  /// As in `ratio 0.5: people prefer the baseline 61 % [48, 73] (38 votes of 2 people, 7 see no difference):
  /// inconclusive, about 120 more votes would probably settle it`.
  private func sentence(_ preference: Preference, _ variant: VariantRecord) -> String {
    let votes = NumberText.count(preference.voteCount, "vote")
    let ties = preference.neitherCount > 0 ? ", \(preference.neitherCount) for neither" : ""
    let figure =
      "people prefer the baseline \(Self.share(preference.share)) (\(votes) of "
      + "\(Self.people(preference.share.personCount))\(ties))"
    return "\(variant.title): \(figure): \(Self.word(preference.verdict))" + Self.more(preference)
  }

  /// As in `61 % [48, 73]`.
  static func share(_ share: ClusteredShare) -> String {
    NumberText.percent(share.estimate.value) + (share.estimate.bounds(0, times: 100).map { " " + $0 } ?? "")
  }

  /// As people read it; of preferences, unlike of scores, better is better.
  static func word(_ verdict: Verdict) -> String { verdict == .tooFew ? "too few prompts" : verdict.rawValue }

  static func people(_ count: Int) -> String { count == 1 ? "1 person" : "\(count) people" }

  private static func more(_ preference: Preference) -> String {
    guard let needed = preference.votesNeeded, needed > preference.voteCount else { return "" }
    return ", about \(NumberText.count(needed - preference.voteCount, "more vote")) would probably settle it"
  }

  /// From which ratio on half of the marked pictures look changed; nil without marks.
  package var survival: String? {
    guard let noticed else { return nil }
    let rows = "\(noticed.markCount) marked row\(noticed.markCount == 1 ? "" : "s")"
    guard let median = noticed.median else {
      return "fewer than half of \(rows) look changed at any ratio"
    }
    let early = noticed.earliestMedian.map { steps[$0].label } ?? steps[median].label
    let late = noticed.latestMedian.map { steps[$0].label } ?? "none"
    return "half of \(rows) look changed from \(steps[median].label) on [\(early), \(late)]"
  }

  /// How far they can be believed, and how far scores say what they say.
  package var context: [String] {
    var lines: [String] = []
    if let agreement {
      let interval = agreement.alpha.bounds(2).map { " " + $0 } ?? ""
      lines.append(
        "agreement between people: Krippendorff's α \(NumberText.fixed(agreement.alpha.value, 2))\(interval), of "
          + "\(NumberText.count(agreement.itemCount, "picture")) that two or more voted on")
    }
    lines += scores.map { score in
      let decided = NumberText.count(score.share.count, "decided vote")
      return "\(score.measure.shortTitle) is on people's side in \(Self.share(score.share)) of \(decided)"
        + (score.share.estimate.interval?.contains(0.5) == false ? "" : " (n.s.: no better than a coin)")
    }
    if trials.answered > 0 {
      lines.append("pairs of twice the same picture: \(trials.alike) of \(trials.answered) called alike")
    }
    lines += voters.filter(\.trials.isDoubtful).map { voter in
      let different = voter.trials.answered - voter.trials.alike
      return "voter \(voter.record.label) preferred one of two equal pictures in \(different) of "
        + "\(voter.trials.answered) such pairs; their votes count all the same"
    }
    return lines
  }

  /// How the shares are computed; nil without votes.
  package var method: String? {
    guard let margin else { return nil }
    let percent = NumberText.fixed(margin * 100, margin * 100 == (margin * 100).rounded() ? 0 : 1)
    let isOfOthers = preferences.values.allSatisfy(\.share.isOfOthers)
    let reach =
      isOfOthers
      ? "over prompts and people"
      : "over prompts, of these people and no others (from \(ClusteredShare.leastPeople) on of others, too)"
    return
      "votes: the share for the baseline, a vote for neither counting half to each side; 95 % intervals \(reach); "
      + "equivalent: the whole interval lies within ±\(percent) points of one half; verdicts after Holm"
  }
}

extension Comparison {
  /// What people say, in the terminal and on the page; nothing where nobody did.
  package var peopleLines: [Note] {
    guard let people else { return [] }
    let lines = people.sentences(rows) + [people.survival].compactMap(\.self) + people.context
    return lines.map { Note(.people, $0) }
  }

  /// Under the table.
  var peopleNotes: [Note] { peopleLines + [people?.method].compactMap(\.self).map { Note(.method, $0) } }

  /// Which picture people prefer, by ratio; none where nobody voted.
  var judgement: [RowColumn] {
    guard let people, !people.preferences.isEmpty else { return [] }
    let preferences = people.preferences
    func value(
      _ key: String, isText: Bool = false, _ scalar: @escaping @Sendable (Preference) -> RowScalar?
    ) -> RowValue {
      RowValue(key, isText: isText, at: [["votes", key]]) { preferences[$0.variant.id].flatMap(scalar) }
    }
    var heading = RowColumn.Heading("People prefer the baseline", label: "Baseline preferred")
    heading.explanation = "of all votes, those for the baseline; one for neither counts half to each side"
    return [
      RowColumn(
        "prefer baseline [95 % CI]", heading, isText: true, isOptional: true, spare: .people,
        values: [
          value("prefer_baseline") { .number($0.share.estimate.value) },
          value("prefer_baseline_ci_low") { RowScalar($0.share.estimate.interval?.lower) },
          value("prefer_baseline_ci_high") { RowScalar($0.share.estimate.interval?.upper) },
          value("votes") { .count($0.voteCount) },
          value("votes_baseline") { .count($0.baselineCount) },
          value("votes_merged") { .count($0.mergedCount) },
          value("votes_neither") { .count($0.neitherCount) },
          value("voters") { .count($0.share.personCount) },
          value("vote_prompts") { .count($0.share.promptCount) },
          value("vote_p_value") { .number($0.pValue) },
          value("vote_p_value_holm") { .number($0.adjustedPValue) },
          value("vote_p_value_equivalence") { .number($0.equivalencePValue) },
          value("vote_verdict", isText: true) { .text($0.verdict.rawValue) },
          value("votes_needed") { RowScalar($0.votesNeeded) },
        ]
      ) { row, _ in
        guard let preference = preferences[row.variant.id] else { return Figure() }
        var figure = Figure(
          NumberText.percent(preference.share.estimate.value),
          interval: preference.share.estimate.bounds(0, times: 100), isCertain: preference.isSignificant)
        figure.remark = People.word(preference.verdict)
        return figure
      }
    ]
  }
}
