public import Engines
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
  /// Pictures that lack scores, since a scorer's numbers are useless.
  public internal(set) var unscored = 0
  /// Pictures that were made for null checks only.
  public internal(set) var checksMade = 0
  /// All of the run's, also those of earlier sweeps.
  public internal(set) var nullChecks: [NullCheckRecord] = []
  public internal(set) var isInterrupted = false

  init(run: RunRecord) { self.run = run }

  /// Everything was there: no picture made, tried, scored or checked.
  public var didNothing: Bool { made + failed + scored + unscored + checksMade == 0 && !isInterrupted }

  mutating func count(_ sample: SampleRecord) {
    if sample.state == .done { made += 1 } else { failed += 1 }
  }
}

/// News of a running sweep.
public enum SweepEvent: Sendable {
  /// The run is in the store, new or taken up again.
  case began(RunRecord)
  /// A text of a prompt's pictures is longer than the model reads.
  case truncated(prompt: String, UnreadText)
  /// What the user should know.
  case notice(String)
  /// So many pictures that other stores had are there now.
  case took(Int)
  /// What is done before the first picture, and does not count.
  case warmingUp(String)
  case step(SweepProgress)
  /// A picture was finished, or failed.
  case picture(SweepProgress, SampleRecord)
  /// A null check was made, with a picture of its own.
  case check(SweepProgress, NullCheckRecord)
}
