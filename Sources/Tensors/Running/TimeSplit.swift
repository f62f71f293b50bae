import Synchronization

/// Wall-clock time by kind of work, of the thread that drives a model: parallel loops count with it.
///
/// A scope costs two readings of the clock, some 50 ns; a UNet step has less than a thousand of them. Two
/// computations at once in one process share the account.
package enum TimeSplit {
  package enum Part: Int, Sendable, CaseIterable, Codable {
    /// Convolutions of any size.
    case convolution
    /// Attention with its projections.
    case attention
    /// Matching, merging and unmerging tokens.
    case merging
    /// Everything else: feed-forward layers, norms, activations, sums.
    case other
  }

  private struct Account: Sendable {
    var seconds = [Double](repeating: 0, count: Part.allCases.count)
    var current = Part.other
    var since = ContinuousClock.now

    /// Books the time since the last change and goes on with `part`.
    mutating func change(to part: Part) {
      let now = ContinuousClock.now
      seconds[current.rawValue] += since.duration(to: now) / .seconds(1)
      (current, since) = (part, now)
    }
  }

  private static let account = Mutex(Account())

  /// Counts the time of `body` to `part`, without what scopes inside it count to others.
  package static func measure<Result>(_ part: Part, _ body: () -> Result) -> Result {
    let outer = account.withLock { account in
      defer { account.change(to: part) }
      return account.current
    }
    defer { account.withLock { $0.change(to: outer) } }
    return body()
  }

  /// Seconds of every part during `body`; they add up to its length.
  package static func seconds(during body: () -> Void) -> [Part: Double] {
    func read() -> [Double] {
      account.withLock { account in
        account.change(to: account.current)
        return account.seconds
      }
    }
    let before = read()
    body()
    let spent = zip(read(), before).map(-)
    return Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, spent[$0.rawValue]) })
  }
}
