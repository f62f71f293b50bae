import Synchronization

/// Counts the multiplications, each with its addition, that a computation asks for: those of matrix products,
/// convolutions and attention, as their definitions have them, by whichever method they are computed. Two FLOPs each.
///
/// Works in a ``Rehearsal``, too.
package final class OperationCount: Sendable {
  @TaskLocal private static var current: OperationCount?
  private let total = Mutex(0)

  private init() {}

  /// Those that `body` asks for on this thread.
  package static func recording(_ body: () throws -> Void) rethrows -> Int {
    let count = OperationCount()
    try $current.withValue(count, operation: body)
    return count.total.withLock(\.self)
  }

  /// To be called by every operation that has many.
  package static func note(_ operations: @autoclosure () -> Int) {
    guard let current else { return }
    let operations = operations()
    current.total.withLock { $0 += operations }
  }
}
