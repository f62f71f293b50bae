/// How few sampling steps are spread over the many training timesteps
/// (Lin et al. 2023, table 2).
enum TimestepSpacing: String, CaseIterable {
  case linspace, leading, trailing

  /// `steps` descending timesteps out of `0..<count`, before any rounding to integers
  /// in the case of ``linspace``.
  ///
  /// `trailing` is exactly `steps` long; where rounding errors make numpy's `arange`
  /// yield one value more (61 of 1000 is such a case), that last value lies before the
  /// first training timestep and is left out here.
  func timesteps(_ steps: Int, of count: Int, offset: Int) -> [Double] {
    switch self {
    case .linspace:
      Self.linspace(from: 0, through: Double(count - 1), steps).reversed()
    case .leading:
      (0..<steps).reversed().map { Double($0 * (count / steps) + offset) }
    case .trailing:
      Self.trailing(steps, step: Double(count) / Double(steps), last: count)
    }
  }

  /// DPM-Solver counts the end of the trajectory as one more timestep, which it
  /// then doesn't visit, and may stop `last` short of the training timesteps.
  func timestepsBeforeEnd(_ steps: Int, last: Int, of count: Int, offset: Int) -> [Double] {
    switch self {
    case .linspace:
      Self.linspace(from: 0, through: Double(last - 1), steps + 1).dropFirst().reversed()
    case .leading:
      (1...steps).reversed().map { Double($0 * (last / (steps + 1)) + offset) }
    case .trailing:
      Self.trailing(steps, step: Double(count) / Double(steps), last: last)
    }
  }

  private static func trailing(_ steps: Int, step: Double, last: Int) -> [Double] {
    (0..<steps).map { Double(last) - Double($0) * step }
      .filter { $0 > 0 }
      .map { $0.rounded(.toNearestOrEven) - 1 }
  }

  /// `count` equidistant values with both ends, as `numpy.linspace` rounds them.
  static func linspace(from start: Double, through end: Double, _ count: Int) -> [Double] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Double(count - 1)
    return (0..<(count - 1)).map { Double($0) * step + start } + [end]
  }
}
