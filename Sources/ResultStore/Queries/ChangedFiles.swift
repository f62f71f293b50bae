import Dispatch
public import Pictures
import Synchronization

/// Finished pictures whose files are not what was stored: their scores are of what they were.
public struct ChangedFiles: Sendable, Equatable {
  /// How many are not there any more.
  public let gone: Int
  /// Those that are something else now, in the run's order.
  public let others: [PicturePath]

  public var count: Int { gone + others.count }
}

extension RunContents {
  /// Reads the files of a run, several at once.
  ///
  /// - Parameters:
  ///   - variants: whose pictures; nil for all
  ///   - state: what became of a picture's file
  public func changedFiles(
    of variants: Set<Int64>? = nil, state: @Sendable (PictureRecord) -> StoredFile.State
  ) -> ChangedFiles {
    let done = samples.filter { $0.state == .done && variants?.contains($0.variantID) != false }
    let changed = Mutex<[Int: StoredFile.State]>([:])
    DispatchQueue.concurrentPerform(iterations: done.count) { index in
      let state = done[index].picture.map(state) ?? .gone
      if state != .stored { changed.withLock { $0[index] = state } }
    }
    let states = changed.withLock { $0 }
    return ChangedFiles(
      gone: states.values.count { $0 == .gone },
      others: states.filter { $0.value != .gone }.keys.sorted().compactMap { done[$0].picture?.path })
  }
}
