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
  ///
  /// Every thread takes the next index as soon as it is done with one. Where ``TimeSplit/record(during:)`` listens, the
  /// loop is kept under the line that calls.
  package static func forEach(
    _ count: Int, file: StaticString = #fileID, line: Int = #line, _ body: (Int) -> Void
  ) {
    let workers = min(threadCount, count)
    guard !Rehearsal.isOn else {
      if count > 0 { Rehearsal.runPart(workers: workers) { body(0) } }
      return
    }
    if count > 0, let split = TimeSplit.keepingLoops {
      return keep(count, workers: workers, file: file, line: line, by: split, body)
    }
    share(count, workers: workers) { _, index in body(index) }
  }

  /// Cuts `0..<count` into chunks of `size` and runs them in parallel.
  package static func forEachChunk(
    of count: Int, size: Int, file: StaticString = #fileID, line: Int = #line, _ body: (Range<Int>) -> Void
  ) {
    precondition(size > 0, "chunk size \(size)")
    forEach((count + size - 1) / size, file: file, line: line) { chunk in
      body((chunk * size)..<min((chunk + 1) * size, count))
    }
  }

  /// What `body` gives for 0, 1 … `count - 1`, each on whatever thread is free. A rehearsal asks for all of it.
  package static func map<Result: Sendable>(
    _ count: Int, file: StaticString = #fileID, line: Int = #line, _ body: (Int) -> Result
  ) -> [Result] {
    guard !Rehearsal.isOn else { return (0..<count).map(body) }
    return [Result](unsafeUninitializedCapacity: count) { results, initialized in
      guard let base = results.baseAddress else { return }
      forEach(count, file: file, line: line) { index in (base + index).initialize(to: body(index)) }
      initialized = count
    }
  }

  /// - Parameter body: is told which of the workers it runs on, and the index
  private static func share(_ count: Int, workers: Int, _ body: (_ worker: Int, _ index: Int) -> Void) {
    guard workers > 1 else {
      for index in 0..<count { body(0, index) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      // concurrentPerform returns only after every iteration has.
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          body(worker, index)
        }
      }
    }
  }

  /// Shares out the loop with a clock on every chunk.
  private static func keep(
    _ count: Int, workers: Int, file: StaticString, line: Int, by split: TimeSplit, _ body: (Int) -> Void
  ) {
    let start = ContinuousClock.now
    var chunks = [Double](repeating: 0, count: count)
    var busy = [Double](repeating: 0, count: workers)
    chunks.withUnsafeMutableBufferPointer { chunks in
      busy.withUnsafeMutableBufferPointer { busy in
        share(count, workers: workers) { worker, index in
          let start = ContinuousClock.now
          body(index)
          let seconds = start.duration(to: .now) / .seconds(1)
          chunks[index] = seconds
          busy[worker] += seconds
        }
      }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    let name = file.description.split(separator: "/").last ?? ""
    split.keep { part in
      ParallelLoop(part: part, place: "\(name):\(line)", seconds: seconds, chunks: chunks, busy: busy)
    }
  }
}
