public import Pictures
public import ResultStore

/// What a merge did with one run.
public struct MergeOutcome: Sendable {
  /// Two pictures of one prompt, variant and seed that have other pixels.
  public struct Conflict: Sendable, Equatable {
    /// As in `a corgi, ratio 0.5, seed 0`.
    public let subject: String
    /// The stores that have the picture that is kept, and another one.
    public let kept: String
    public let left: String

    public var description: String { "\(subject): \(left) has another picture than \(kept), whose is kept" }
  }

  /// A finished picture whose file is not what its store says, nor any other store's.
  public struct Damage: Sendable, Equatable {
    public let store: String
    public let path: PicturePath
    public let state: StoredFile.State

    public var description: String { "\(store): \(path) is \(state.rawValue); its picture is left out" }
  }

  public let run: RunRecord
  /// Pictures that the run asks for.
  public internal(set) var total = 0
  /// Those that came from another store.
  public internal(set) var taken = 0
  /// Of them, those that are a second name of the same file; the others were copied.
  public internal(set) var linked = 0
  /// Those that were there already.
  public internal(set) var known = 0
  /// Those that nobody has made.
  public internal(set) var pending = 0
  /// Those that could not be made.
  public internal(set) var failed = 0
  /// Those that lack scores by one of the run's scorers.
  public internal(set) var unscored = 0
  public internal(set) var conflicts: [Conflict] = []
  public internal(set) var damages: [Damage] = []
  public internal(set) var nullChecks: [NullCheckRecord] = []
  public internal(set) var isInterrupted = false

  init(run: RunRecord) { self.run = run }

  /// Whether all that the run asks for is there.
  public var isWhole: Bool { pending + failed + unscored == 0 && damages.isEmpty && !isInterrupted }

  /// Counts what the run has now.
  mutating func count(_ contents: RunContents) {
    total = contents.samples.count
    pending = contents.samples.count { $0.state == .pending }
    failed = contents.samples.count { $0.state == .failed }
    unscored = contents.unscored
  }
}
