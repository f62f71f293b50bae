public import ResultStore

/// What an import did.
public struct ImportOutcome: Sendable {
  public let run: RunRecord
  /// Pictures that were to be taken.
  public let total: Int
  /// Those that are new in the run.
  public internal(set) var taken = 0
  /// Of them, those that were copied into the run's folder.
  public internal(set) var copied = 0
  /// Those that were there already.
  public internal(set) var known = 0
  /// Those that another picture is in the place of, with both files.
  public internal(set) var conflicts: [String] = []
  public internal(set) var scored = 0
  public internal(set) var unscored = 0
  public internal(set) var nullChecks: [NullCheckRecord] = []
  public internal(set) var isInterrupted = false

  init(run: RunRecord, total: Int) {
    self.run = run
    self.total = total
  }

  mutating func count(_ result: PictureTaker.Result) {
    switch result {
    case .taken(let isCopy):
      taken += 1
      if isCopy { copied += 1 }
    case .known: known += 1
    case .conflict(let text): conflicts.append(text)
    }
  }
}
