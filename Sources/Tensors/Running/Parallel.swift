import Dispatch
import Foundation
import Synchronization

/// The one owner of parallelism: kernels run single-threaded inside the chunks
/// that this loop hands out, never nested.
///
/// Callers cut their work at places that do not depend on the number of threads,
/// so results are the same bits for every ``threadCount``.
public enum Parallel {
  private static let requested = Atomic<Int>(0)

  /// Worker threads per loop; defaults to the processors that are online.
  public static var threadCount: Int {
    get {
      let count = requested.load(ordering: .relaxed)
      return count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
    }
    set {
      precondition(newValue > 0, "thread count \(newValue)")
      requested.store(newValue, ordering: .relaxed)
    }
  }

  /// Runs `body(0) … body(count - 1)`, on several threads and in no particular order.
  package static func forEach(_ count: Int, _ body: (Int) -> Void) {
    let workers = min(threadCount, count)
    guard !Rehearsal.isOn else {
      if count > 0 { Rehearsal.runPart(workers: workers) { body(0) } }
      return
    }
    guard workers > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // concurrentPerform returns only after every iteration has.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          body(index)
        }
      }
    }
  }

  /// Cuts `0..<count` into chunks of `size` and runs them in parallel.
  package static func forEachChunk(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    precondition(size > 0, "chunk size \(size)")
    forEach((count + size - 1) / size) { chunk in
      body((chunk * size)..<min((chunk + 1) * size, count))
    }
  }
}
