import Synchronization

/// Going through a computation without computing it, to learn what memory it takes: tensors are allocated but
/// hardly written to, of every parallel loop only the first part runs, and matrix products do nothing.
///
/// ``BufferPool/peakBytes`` then is what the real computation will draw from the system. Results are undefined.
package enum Rehearsal {
  /// How many threads would run what the current thread rehearses; nil outside of a rehearsal.
  @TaskLocal static var workers: Int?
  @TaskLocal private static var savings: Savings?

  private final class Savings: Sendable {
    let bytes = Mutex<[ObjectIdentifier: Int]>([:])
  }

  /// Whether the current thread rehearses.
  package static var isOn: Bool { workers != nil }

  package static func run<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    // `withValue` rethrows any error; the closure carries typed ones through.
    let result: Swift.Result<Result, Failure> = $workers.withValue(1) {
      $savings.withValue(Savings()) {
        do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
      }
    }
    return try result.get()
  }

  /// What mapped weights will take less than their files, as far as the current thread's rehearsal has come.
  package static var savedBytes: Int {
    savings?.bytes.withLock { $0.values.reduce(0, +) } ?? 0
  }

  /// To be called where a weight's columns would be kept in place of its pages; counts once.
  static func note(saved bytes: Int, by columns: KeptColumns) {
    savings?.bytes.withLock { $0[ObjectIdentifier(columns)] = bytes }
  }

  /// The first part of a loop that `workers` threads would share.
  static func runPart(workers: Int, _ body: () -> Void) { $workers.withValue(workers, operation: body) }
}
