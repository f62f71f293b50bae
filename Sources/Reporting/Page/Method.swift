import Comparisons
import Foundation
import Machine
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Statistics
import Wording

/// How the numbers came to be: enough to compute them again.
struct Method: Sendable {
  struct Entry: Sendable {
    let term: String
    let definition: String
  }

  /// Every metric that some run of the page has.
  let metrics: [Entry]
  let pictures: [Entry]
  let statistics: [Entry]
  let runMethods: [RunMethod]
  let downloads: [Download]

  /// - Parameter margins: of the runs' verdicts, as in `±0.90`; empty without any.
  init(_ sources: [Report.Source], margins: String, downloads: [Download]) {
    let sampling = sources[0].contents.run.sampling
    let measured = Metric.allCases.filter { metric in
      [.pixels, .clip].contains(metric.scorer)
        || sources.contains { $0.contents.scorer(metric.scorer) != nil }
    }
    metrics = measured.map { metric in
      let absence = metric.absence(
        width: sampling.pictureSize.width, height: sampling.pictureSize.height)
      return Entry(
        term: metric.title + (metric.unit.isEmpty ? "" : ", \(metric.unit)"),
        definition: metric.formula + (absence.map { ". Absent here: it \($0)." } ?? ""))
    }
    pictures =
      Self.pictures(sampling)
      + (sources.contains { !$0.contents.explanations.isEmpty } ? [Self.making] : [])
    statistics = Self.statistics(sources.map(\.comparison), margins: margins)
    runMethods = sources.enumerated().map { index, source in
      RunMethod(source.contents, heading: sources.count == 1 ? "Run" : "Run \(RunMark.letter(index))")
    }
    self.downloads = downloads
  }

  private static func pictures(_ sampling: Sampling) -> [Entry] {
    let (width, height) = sampling.pictureSize
    let size = "\(width) × \(height)"
    return [
      Entry(
        term: "Heat map",
        definition:
          "The largest difference d of a pixel’s three channels to the baseline’s, in 8-bit levels, "
          + "coloured at √(d / 255) of the palette: one scale for every picture and every ratio. The palette "
          + "rises evenly in OKLab lightness, in \(HeatMap.colorCount) steps."),
      Entry(
        term: "Sheet",
        definition: Thumbnail.isNeeded(width: width, height: height)
          ? "Shows the \(size) pictures reduced to \(Thumbnail.longestSide) pixels (Lanczos); the viewer and the "
            + "links have the PNG files as they were made."
          : "Shows the \(size) PNG files as they were made."),
      Entry(
        term: "Where pictures change",
        definition:
          "The mean absolute difference over 8-bit RGB in \(DifferenceMap.side) × \(DifferenceMap.side) cells of the "
          + "frame, kept in steps of 3.3 %. The rim is the outer eighth at every side, the centre the inner half of "
          + "both. Edges of the baseline are where Sobel’s gradient of its luma is above the 80th percentile, flat "
          + "areas where it is at or below the median."),
      Entry(
        term: "Kinds of damage",
        definition:
          "Found by rules, the same for every run, for looking at pictures: none says how bad a picture is, and what "
          + "they miss is not sound. "
          + DamageKind.allCases.map {
            "\($0.title.prefix(1).uppercased())\($0.title.dropFirst()): \($0.rule)."
          }
          .joined(separator: " ")
          + " The high, mid and low bands of a difference’s luma are divided by two passes of a box blur that reaches "
          + "a 128th and a 16th of the frame’s shorter side."),
    ]
  }

  private static var making: Entry {
    Entry(
      term: "The making of pictures",
      definition:
        "Chosen pictures were made again by tome-eval explain, with the same bits, and looked into on the way. Merged "
        + "tokens: for every transformer block that merges, at some steps, which token each was merged into, of a "
        + "guidance pair in the prompt’s half. Similarity is the cosine of the two tokens’ features, by which they were "
        + "matched; a picture’s mean is over all merged pairs of all blocks and steps that were kept. Predicted pictures: "
        + "the original sample that the model predicts at a step, before clipping, decoded and reduced to 128 pixels at "
        + "most (Lanczos), of the merged picture and of its baseline; how far two are apart is the mean absolute "
        + "difference of their 8-bit RGB.")
  }

  /// - Parameter comparisons: of the runs; the first stands for all in what they have in common.
  private static func statistics(_ comparisons: [Comparison], margins: String) -> [Entry] {
    let comparison = comparisons[0]
    var statistics = [
      Entry(
        term: "Pairing",
        definition: "Every picture is compared with the baseline’s of the same prompt and seed. Seeds of one "
          + "prompt are averaged first: the prompt is the unit of every interval and test."),
      Entry(
        term: "Intervals",
        definition:
          "95 % \(comparison.bootstrap.method.rawValue) bootstrap over prompts, never nearer than Student’s t, "
          + "\(comparison.bootstrap.resamples) resamples, seed \(comparison.bootstrap.seed). Those of the change hold "
          + "together for all rows of a table: 95 % is the chance that none of them misses (balanced simultaneous "
          + "intervals, Beran 1988, of the same resamples for all rows). All others are each by itself; so is "
          + "single_ci in ratios.csv."),
      Entry(
        term: "Significance",
        definition:
          "A difference whose interval holds zero is grey and marked n.s., and no other is: marks, verdicts and intervals "
          + "are one adjustment over the ratios. Within a challenge or category it is over the ratios alone: of many "
          + "groups a few look different by chance. In ratios.csv the sign-flip permutation test’s p-value stands beside "
          + "it; nothing depends on that."),
    ]
    if !margins.isEmpty {
      statistics.append(
        Entry(
          term: "Verdict",
          definition: "Of the mean. Equivalent: the whole interval lies within \(margins) points. Worse or "
            + "higher: significantly different, and not equivalent. Inconclusive: neither. Fewer than "
            + "\(Verdict.minimumPrompts) prompts are not judged. A ratio is recommended from "
            + "\(Recommendation.minimumPrompts) prompts on, with the share of 1000 resamples of the prompts that say the "
            + "same."))
    }
    if let ruler = comparison.rulerMeasure {
      statistics.append(
        Entry(
          term: "Of a seed change",
          definition:
            "Mean \(ruler.shortTitle) distance to the baseline over that between unmerged pictures of "
            + "two seeds of one prompt, with an interval over prompts."))
    }
    if comparisons.contains(where: { $0.rows.contains { $0.setDistance != nil } }) {
      statistics.append(
        Entry(
          term: "CMMD",
          definition: SetDistance.formula
            + ". Within the floor, marked n.s., is no difference that this many pictures can show."))
    }
    if comparisons.contains(where: { $0.people?.margin != nil }) { statistics.append(votes(comparisons)) }
    if comparisons.contains(where: \.isTimed) { statistics.append(speedUp) }
    statistics.append(
      Entry(
        term: "Memory",
        definition: "Highest resident memory of the process while a picture was made, weights included; the "
          + "median over the pictures."))
    return statistics
  }

  private static func votes(_ comparisons: [Comparison]) -> Entry {
    let margin = comparisons.compactMap(\.people?.margin).first ?? Preference.standardMargin
    let points = NumberText.exact((margin * 1000).rounded() / 10)
    return Entry(
      term: "Votes",
      definition:
        "Of pairs of a merged picture and its baseline, shown blindly: the share of votes for the baseline. A vote for "
        + "neither counts half to each side: it is evidence that there is no preference. 95 % intervals of Student’s t "
        + "over prompts, with one prompt for either side added (after Bonett and Price), and from "
        + "\(ClusteredShare.leastPeople) people on over people, too; with fewer they are of these people and no others. "
        + "Verdicts by the interval and \(points) points about one half, significance after Holm. Agreement "
        + "between people is Krippendorff’s α. Pairs of twice the same picture are counted apart.")
  }

  private static var speedUp: Entry {
    let (share, difference) = (SpeedUp.noisyShare, SpeedUp.noisyDifference)
    return Entry(
      term: "Speed-up",
      definition:
        "The baseline’s seconds over a picture’s, of the same prompt and seed, from the first step to the file on "
        + "disk; what a first picture takes longer does not count. Given is exp of the mean of the logarithms, one a "
        + "prompt, with its interval; where, of 20 prompts or more, those beyond Tukey’s outer fences make up more "
        + "than half of the squared deviations, the median, with an interval of order statistics. There is no "
        + "measurable difference in time where the interval contains 1. Timing is called noisy where "
        + "\(NumberText.percent(share)) of the pictures or more are slower than their baselines by more than "
        + "\(NumberText.percent(difference)), and as many or more are faster by more than that. Pairs that were made on "
        + "unlike machines or by unlike versions are left out.")
  }
}
