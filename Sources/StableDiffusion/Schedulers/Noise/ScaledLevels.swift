import SamplerNames

/// The levels of the methods that step through λ = log(α/σ) (Lu et al. 2022a), whose sample is scaled down:
/// `x = α x₀ + σ ε` with `α² + σ² = 1`.
struct ScaledLevels: Sendable {
  let timesteps: [Double]
  /// σ/α, one more than ``timesteps``, in single precision: the noise level after the last step comes last.
  private let ratios: [Double]

  /// - Parameters:
  ///   - spacing: of the levels
  ///   - lambda: `lambda_min_clipped` in a class that knows it: what lies below is left out
  ///   - rounds: whether a timestep that is found for a level is the nearest one, not the one below; nil for Karras's
  ///     spacing alone
  ///   - final: what follows the last step
  ///   - repeatsLast: whether ``SigmaSchedule/Final/sigmaMin`` is the last level of a spacing, not that of the first
  ///     training timestep
  init(
    _ configuration: SchedulerConfiguration, steps: Int, schedule: NoiseSchedule, spacing: SigmaSpacing?,
    timestepSpacing: TimestepSpacing, clippingAt lambda: Double? = nil, rounds: Bool? = nil,
    final: SigmaSchedule.Final, repeatsLast: Bool = false
  ) {
    let table = SigmaSchedule(schedule)
    let rounds = rounds ?? (spacing == .karras)
    let levels = NoiseLevels(
      configuration, spacing,
      timesteps:
        timestepSpacing
        .timestepsBeforeEnd(
          steps, last: schedule.count - schedule.levels(below: lambda), of: schedule.count,
          offset: configuration.fields.stepsOffset ?? 0
        )
        .map { $0.rounded(.toNearestOrEven) },
      of: table, count: steps, ends: (table.largest, table.smallest),
      rounded: { $0.rounded(rounds ? .toNearestOrEven : .towardZero) })
    timesteps = levels.timesteps
    let repeats = repeatsLast && final == .sigmaMin && spacing != nil
    let last = repeats ? levels.sigmas[steps - 1] : table.last(final)
    ratios = (levels.sigmas + [last]).map { Double(Float($0)) }
  }

  /// The level before step `index`, or after the last one.
  subscript(index: Int) -> NoiseLevel { NoiseLevel(ratios[index]) }

  /// Where the `count` levels before step `index` lie in λ, the nearest first: from the step's beginning, in units of
  /// its length.
  func places(_ count: Int, before index: Int) -> [Double] {
    let (from, to) = (self[index], self[index + 1])
    return (0..<count).map { (self[index - 1 - $0].lambda - from.lambda) / (to.lambda - from.lambda) }
  }

  /// The order of each step of a multistep method by `lower_order_final`, which concerns the last two of fewer than 15
  /// steps.
  /// - Parameter endsWithEuler: whether the last step is of order 1 in any case
  func orders(upTo order: Int, lowersFinal: Bool, endsWithEuler: Bool = false) -> [Int] {
    let lowers = lowersFinal && timesteps.count < 15
    return timesteps.indices.map { index in
      switch timesteps.count - 1 - index {
      case 0 where endsWithEuler || lowers: 1
      case 1 where lowers: min(order, 2)
      default: order
      }
    }
  }
}

/// A method that steps through ``ScaledLevels``.
protocol ScaledScheduler: Scheduler {
  var levels: ScaledLevels { get }
}

extension ScaledScheduler {
  var timesteps: [Double] { levels.timesteps }
  var initNoiseSigma: Double { 1 }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (levels[index].alpha, levels[index].sigma) }
}
