public import ResultStore

/// What a sweep did.
public struct SweepOutcome: Sendable {
  public let run: RunRecord
  /// Pictures that the run asks for.
  public internal(set) var total = 0
  public internal(set) var made = 0
  /// Pictures that were there already.
  public internal(set) var reused = 0
  public internal(set) var failed = 0
  /// Pictures that got the scores they lacked.
  public internal(set) var scored = 0
  /// Pictures that were made for null checks only.
  public internal(set) var checksMade = 0
  /// All of the run's, also those of earlier sweeps.
  public internal(set) var nullChecks: [NullCheckRecord] = []
  public internal(set) var isInterrupted = false

  init(run: RunRecord) { self.run = run }

  /// Everything was there: no picture made, tried, scored or checked.
  public var didNothing: Bool { made + failed + scored + checksMade == 0 && !isInterrupted }

  mutating func count(_ sample: SampleRecord) {
    if sample.state == .done { made += 1 } else { failed += 1 }
  }
}

/// News of a running sweep.
public enum SweepEvent: Sendable {
  /// The prompt is longer than the model reads, so that its end has no effect.
  case truncated(prompt: String)
  /// What the user should know.
  case notice(String)
  case step(SweepProgress)
  /// A picture was finished, or failed.
  case picture(SweepProgress, SampleRecord)
  /// A null check was made, with a picture of its own.
  case check(SweepProgress, NullCheckRecord)
}

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
  public var seed: Int
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

  mutating func begin(prompt: String, variant: String, seed: Int, steps: Int) {
    (progress.prompt, progress.variant, progress.seed) = (prompt, variant, seed)
    (progress.step, progress.steps) = (0, steps)
  }

  mutating func step(_ step: Int) -> SweepProgress {
    progress.step = step
    return updated()
  }

  mutating func end() -> SweepProgress {
    made += 1
    progress.finished += 1
    progress.step = 0
    return updated()
  }

  private mutating func updated() -> SweepProgress {
    let part = Double(progress.step) / Double(max(progress.steps, 1))
    let seconds = start.secondsSince
    guard Double(made) + part > 0, seconds > 0 else { return progress }
    let rate = (Double(made) + part) / seconds
    progress.picturesPerSecond = rate
    progress.secondsLeft = (Double(progress.total - progress.finished) - part) / rate
    return progress
  }
}
