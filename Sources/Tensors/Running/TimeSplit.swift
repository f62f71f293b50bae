import Synchronization

/// Wall-clock time by kind of work, of the thread that drives a model: parallel loops count with it.
///
/// Only what that thread does inside of ``seconds(during:)`` or ``record(during:)`` is counted. A scope costs two
/// readings of the clock there, some 50 ns, and a UNet step has some two thousand; elsewhere it costs a look at a
/// task-local value.
package final class TimeSplit: Sendable {
  package enum Part: String, Sendable, CaseIterable, Codable {
    /// Convolutions of any size.
    case convolution
    /// Attention with its projections: of a map to itself …
    case selfAttention = "self_attention"
    /// … and to the texts.
    case crossAttention = "cross_attention"
    /// Matching, merging and unmerging tokens.
    case merging
    /// Linear layers: feed-forward, and what embeds the time.
    case linear
    /// Norms, activations, sums and joins of maps.
    case elementwise
    /// Maps made larger.
    case resampling
    /// Guidance, and the scheduler's step.
    case sampling
    /// Everything else.
    case other

    /// Whether the operations that it consists of count to it, and not to their own kinds.
    fileprivate var isWhole: Bool {
      switch self {
      case .convolution, .selfAttention, .crossAttention, .merging, .sampling: true
      case .linear, .elementwise, .resampling, .other: false
      }
    }
  }

  /// What was counted, and the loops that ran meanwhile.
  package struct Record: Sendable {
    /// Of every part; they add up to the whole.
    package let seconds: [Part: Double]
    /// In their order.
    package let loops: [ParallelLoop]

    package init(seconds: [Part: Double], loops: [ParallelLoop]) {
      self.seconds = seconds
      self.loops = loops
    }
  }

  private struct Account: Sendable {
    var seconds: [Part: Double] = [:]
    var current = Part.other
    var since = ContinuousClock.now
    var loops: [ParallelLoop] = []

    /// Books the time since the last change and goes on with `part`.
    mutating func change(to part: Part) {
      let now = ContinuousClock.now
      seconds[current, default: 0] += since.duration(to: now) / .seconds(1)
      (current, since) = (part, now)
    }
  }

  @TaskLocal private static var current: TimeSplit?
  private let account = Mutex(Account())
  private let keepsLoops: Bool

  private init(keepsLoops: Bool) { self.keepsLoops = keepsLoops }

  /// Counts the time of `body` to `part`, without what scopes inside it count to others. An operation that is a part of
  /// a convolution, of attention, of merging or of sampling counts to that.
  package static func measure<Result>(_ part: Part, _ body: () -> Result) -> Result {
    guard let split = current else { return body() }
    let outer = split.account.withLock { account in
      let outer = account.current
      if part.isWhole || !outer.isWhole { account.change(to: part) }
      return outer
    }
    defer { split.account.withLock { $0.change(to: outer) } }
    return body()
  }

  /// Seconds of every part during `body`; they add up to its length.
  package static func seconds(during body: () -> Void) -> [Part: Double] {
    run(keepsLoops: false, body).seconds
  }

  /// The same, and every parallel loop of `body`, whose chunks are timed one by one. That costs two more readings of
  /// the clock for each: where they are as long as they should be, some 20 µs at least, a quarter of a percent at most.
  package static func record(during body: () -> Void) -> Record { run(keepsLoops: true, body) }

  private static func run(keepsLoops: Bool, _ body: () -> Void) -> Record {
    let split = TimeSplit(keepsLoops: keepsLoops)
    split.account.withLock { $0.since = .now }
    $current.withValue(split, operation: body)
    return split.account.withLock { account in
      account.change(to: .other)
      let seconds = Part.allCases.map { ($0, account.seconds[$0] ?? 0) }
      return Record(seconds: Dictionary(uniqueKeysWithValues: seconds), loops: account.loops)
    }
  }

  /// What keeps the loops that the current thread runs, if anything does.
  static var keepingLoops: TimeSplit? {
    guard let current, current.keepsLoops else { return nil }
    return current
  }

  /// Keeps a loop, and the part that it is of.
  func keep(_ loop: (Part) -> ParallelLoop) {
    account.withLock { $0.loops.append(loop($0.current)) }
  }
}
