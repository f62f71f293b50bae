public import Statistics

/// What is known of one case after some rounds.
public struct BenchmarkRow: Sendable {
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
  public let estimatedBytes: Int
  public private(set) var state: State
  /// By round.
  public private(set) var figures: [Int: BenchmarkFigures] = [:]

  init(item: BenchmarkCase, estimatedBytes: Int, exceeds: Bool) {
    self.item = item
    self.estimatedBytes = estimatedBytes
    state = exceeds ? .tooLarge : .open
  }

  var isOpen: Bool { state == .open }

  mutating func add(_ outcome: TurnOutcome, round: Int) {
    switch outcome {
    case .measured(let measured): figures[round] = measured
    case .outOfMemory: state = .outOfMemory
    case .failed(let reason): state = .failed(reason: reason)
    case .interrupted: break
    }
  }

  /// Seconds of all timed runs.
  public var seconds: [Double] {
    figures.sorted { $0.key < $1.key }.flatMap { $0.value.splits.map(\.total) }
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

  /// How much of the other row's time this one saves, in percent: 100 · (1 − this / other), round by round, since
  /// neighbours in time share what the machine does meanwhile. Nil when no round has both.
  public func saving(against other: BenchmarkRow) -> MedianInterval? {
    let savings = figures.keys.sorted().compactMap { round -> Double? in
      guard let own = figures[round]?.median, let others = other.figures[round]?.median else { return nil }
      return 100 * (1 - own / others)
    }
    return savings.isEmpty ? nil : MedianInterval(of: savings)
  }
}

extension BenchmarkFigures {
  /// Median of the timed runs.
  fileprivate var median: Double? {
    splits.isEmpty ? nil : MedianInterval(of: splits.map(\.total)).median
  }
}
