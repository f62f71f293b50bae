public import Statistics

/// Whose turns they are.
public enum BenchmarkProgram: String, Sendable, Hashable, Codable {
  case own = "tome-eval"
  /// The peer: diffusers on torch, with tomesd.
  case torch
}

/// What is known of one case by one program after some rounds.
public struct BenchmarkRow: Sendable {
  /// What tells it from all other rows.
  struct Key: Hashable {
    let item: BenchmarkCase
    let program: BenchmarkProgram
  }

  public enum State: Sendable, Hashable {
    /// Not measured yet, or measured in some rounds.
    case open
    /// The estimate is above the limit: it was not run.
    case tooLarge
    /// The limit ended it.
    case outOfMemory
    case failed(reason: String)
  }

  public let item: BenchmarkCase
  public let program: BenchmarkProgram
  /// Nil of a peer.
  public let estimatedBytes: Int?
  public private(set) var state: State
  /// By round.
  public private(set) var figures: [Int: BenchmarkFigures] = [:]

  init(item: BenchmarkCase, estimatedBytes: Int, exceeds: Bool) {
    self.item = item
    program = .own
    self.estimatedBytes = estimatedBytes
    state = exceeds ? .tooLarge : .open
  }

  init(peerOf item: BenchmarkCase) {
    self.item = item
    program = .torch
    estimatedBytes = nil
    state = .open
  }

  var key: Key { Key(item: item, program: program) }

  var isOpen: Bool { state == .open }

  mutating func add(_ outcome: TurnOutcome, round: Int) {
    switch outcome {
    case .measured(let measured): figures[round] = measured
    case .outOfMemory: state = .outOfMemory
    case .failed(let reason): state = .failed(reason: reason)
    case .interrupted: break
    }
  }

  /// By round, the median of the turn's timed runs, in seconds.
  public var turns: [Int: Double] { figures.compactMapValues(\.median) }

  /// Seconds of all timed runs.
  public var seconds: [Double] {
    figures.sorted { $0.key < $1.key }.flatMap(\.value.seconds)
  }

  /// Median and interval of ``seconds``; nil before anything is measured.
  public var time: MedianInterval? { seconds.isEmpty ? nil : MedianInterval(of: seconds) }

  /// The highest of all rounds.
  public var peakMemoryBytes: Int? { figures.values.compactMap(\.peakMemoryBytes).max() }

  /// Of a run's time, the shares of the kinds of work.
  public var shares: TimeSplitRecord? {
    let splits = figures.values.flatMap(\.splits)
    let total = splits.reduce(0) { $0 + $1.total }
    guard total > 0 else { return nil }
    func share(_ part: (TimeSplitRecord) -> Double) -> Double { splits.reduce(0) { $0 + part($1) } / total }
    return TimeSplitRecord(
      convolution: share(\.convolution), attention: share(\.attention), merging: share(\.merging),
      other: share(\.other))
  }

  /// How many times as long as the other row's these turns take, round by round, since neighbours in time share what
  /// the machine does meanwhile. Nil when no round has both.
  func secondsRatio(to other: BenchmarkRow) -> LogRatio? {
    let (own, others) = (turns, other.turns)
    return LogRatio(
      ofPairs: own.keys.sorted().compactMap { round in
        guard let numerator = own[round], let denominator = others[round] else { return nil }
        return (numerator, denominator)
      })
  }
}
