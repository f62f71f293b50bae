import Pictures
import ResultStore
import Statistics

/// The unmerged variants that take as long as merging does, with fewer steps: what else
/// the time that a ratio saves could buy.
///
/// For every variant that merges with the run's own scheduler and steps,
///
///     steps = round(run's steps · median denoising seconds(variant) / median denoising seconds(baseline))
///
/// over the pictures that are there. The decoder's and the text encoder's times are the
/// same on both sides, whatever the ratio and the steps, and cancel.
struct EqualTime {
  /// New ones, and known ones (with their `id`) that have as many steps as one of them needs.
  let variants: [VariantRecord]
  /// Which ratios have no such variant, and why.
  let notices: [String]

  init(_ contents: RunContents) {
    guard let runSteps = contents.run.sampling.steps else {
      (variants, notices) = (
        [], ["the run does not say how many steps its pictures have: no variant of equal time"]
      )
      return
    }
    let baseline = contents.baseline.flatMap { Self.seconds($0, contents) }
    var owners: [Int: [VariantRecord]] = [:]
    var notices: [String] = []
    for variant in contents.variants where variant.recipe.merging != nil && variant.isSampledLikeBaseline {
      guard let baseline, let own = Self.seconds(variant, contents) else {
        notices.append("\(variant.title) has no measured time yet, and so no variant of equal time")
        continue
      }
      let fitting = (Double(runSteps) * own / baseline).rounded()
      if fitting < Double(runSteps) {
        owners[max(1, Int(fitting)), default: []].append(variant)
      } else {
        notices.append("\(variant.title) saves no measurable time: as many steps fit without merging")
      }
    }
    variants = owners.sorted { $0.key > $1.key }.compactMap { steps, owners in
      owners.last.map { last in
        var recipe = last.recipe
        recipe = recipe.unmerged
        recipe.sampling.steps = steps
        let known = contents.variants.first { $0.recipe == recipe }
        return VariantRecord(
          id: known?.id ?? 0, recipe: recipe, baseline: contents.run.sampling, effectiveRatio: 0,
          equalTimeMerging: last.recipe.merging, equalTimeOf: Self.list(owners.map(\.label)))
      }
    }
    self.notices = notices
  }

  /// Median over the variant's finished pictures; nil when there is none with a time. Times of other machines than the
  /// last one do not count.
  private static func seconds(_ variant: VariantRecord, _ contents: RunContents) -> Double? {
    guard let last = contents.executions.last else { return nil }
    let seconds = contents.samples.filter { sample in
      sample.variantID == variant.id && sample.state == .done
        && contents.execution(of: sample)?.hasComparableTimes(to: last) == true
    }.compactMap(\.stageSeconds?.denoise).filter { $0 > 0 }
    return seconds.isEmpty ? nil : MedianInterval(of: seconds).median
  }

  /// As in `0.3, 0.5 and 0.7`.
  private static func list(_ texts: [String]) -> String {
    guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " and " + last
  }
}
