import ResultStore

/// The unmerged variants that take as long as merging does, with fewer steps: what else
/// the time that a ratio saves could buy.
///
/// For every variant that merges at the run's own steps,
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
    let runSteps = contents.run.settings.steps
    let baseline = contents.variants.first(where: \.isBaseline).flatMap { Self.seconds($0, contents) }
    var owners: [Int: [VariantRecord]] = [:]
    var notices: [String] = []
    for variant in contents.variants where variant.ratio > 0 && variant.steps == nil {
      guard let baseline, let own = Self.seconds(variant, contents) else {
        notices.append("\(variant.title) has no measured time yet, and so no variant of equal time")
        continue
      }
      let steps = max(1, Int((Double(runSteps) * own / baseline).rounded()))
      if steps < runSteps {
        owners[steps, default: []].append(variant)
      } else {
        notices.append("\(variant.title) saves no measurable time: as many steps fit without merging")
      }
    }
    variants = owners.sorted { $0.key > $1.key }.compactMap { steps, owners in
      owners.last.map { last in
        let known = contents.variants.first { $0.ratio == 0 && $0.steps == steps }
        var variant = last
        variant.id = known?.id ?? 0
        (variant.ratio, variant.effectiveRatio, variant.steps) = (0, 0, steps)
        variant.equalTimeRatio = last.ratio
        variant.equalTimeOf = Self.list(owners.map(\.label))
        return variant
      }
    }
    self.notices = notices
  }

  /// Median over the variant's finished pictures; nil when there is none with a time.
  private static func seconds(_ variant: VariantRecord, _ contents: RunContents) -> Double? {
    let seconds = contents.samples.filter { $0.variantID == variant.id && $0.state == .done }
      .compactMap(\.stageSeconds?.denoise).filter { $0 > 0 }
    return seconds.isEmpty ? nil : median(seconds)
  }

  /// As in `0.3, 0.5 and 0.7`.
  private static func list(_ texts: [String]) -> String {
    guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " and " + last
  }
}

/// The middle value, or the mean of the two in the middle.
/// - Precondition: there is one.
func median(_ values: [Double]) -> Double {
  precondition(!values.isEmpty, "the median of nothing")
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
