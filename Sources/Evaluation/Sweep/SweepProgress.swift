public import Pictures

/// How far a sweep is.
public struct SweepProgress: Sendable {
  /// Pictures dealt with, those that were there already among them.
  public var finished: Int
  /// Pictures that the plan asks for, and those that null checks still need.
  public var total: Int
  /// The picture at hand.
  public var prompt: String
  /// Its variant's title, as in `ratio 0.5`.
  public var variant: String
  public var seed: Seed
  public var step: Int
  public var steps: Int
  /// At the rate so far; nil at the very beginning.
  public var picturesPerSecond: Double?
  public var secondsLeft: Double?
}

/// Counts pictures and steps, and tells rate and time left from them.
struct SweepTracker {
  private var progress: SweepProgress
  private var made = 0
  private let start = ContinuousClock.now

  init() {
    progress = SweepProgress(finished: 0, total: 0, prompt: "", variant: "", seed: 0, step: 0, steps: 0)
  }

  /// There are more pictures to deal with.
  mutating func expect(_ count: Int) { progress.total += count }

  /// A picture was there already.
  mutating func found() { progress.finished += 1 }

  /// A picture will not be made after all.
  mutating func skip() { progress.total -= 1 }

  mutating func begin(_ request: PictureRequest, variant: String) {
    (progress.prompt, progress.variant, progress.seed) = (request.prompt, variant, request.seed)
    (progress.step, progress.steps) = (0, request.recipe.sampling.steps ?? 0)
  }

  /// How far it is when the picture at hand has so many of its steps.
  func step(_ step: Int, of steps: Int) -> SweepProgress {
    var progress = progress
    (progress.step, progress.steps) = (step, steps)
    return updated(progress)
  }

  mutating func end() -> SweepProgress {
    made += 1
    progress.finished += 1
    progress.step = 0
    return updated(progress)
  }

  private func updated(_ progress: SweepProgress) -> SweepProgress {
    var progress = progress
    let part = Double(progress.step) / Double(max(progress.steps, 1))
    let seconds = start.duration(to: .now) / .seconds(1)
    guard Double(made) + part > 0, seconds > 0 else { return progress }
    let rate = (Double(made) + part) / seconds
    progress.picturesPerSecond = rate
    progress.secondsLeft = (Double(progress.total - progress.finished) - part) / rate
    return progress
  }
}
