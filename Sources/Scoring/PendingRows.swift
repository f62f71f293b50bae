import ResultStore
import Synchronization

/// What was computed and is not stored yet: many rows go into one transaction.
final class PendingRows: Sendable {
  private let rows = Mutex(ScoreBatch())

  func add(_ scores: [ScoreRecord]) { rows.withLock { $0.scores += scores } }

  func add(_ difference: DifferenceRecord) { rows.withLock { $0.differences.append(difference) } }

  func add(_ noise: [SeedNoiseRecord]) { rows.withLock { $0.seedNoise += noise } }

  subscript(_ subject: ScoreBatch.Subject) -> [Float]? {
    get { rows.withLock { $0.embeddings[subject] } }
    set { rows.withLock { $0.embeddings[subject] = newValue } }
  }

  /// Stores all of them where they are more than `limit`.
  func store(in store: ResultStore, above limit: Int) throws(StoreError) {
    let taken = rows.withLock { rows -> ScoreBatch? in
      guard rows.count > limit else { return nil }
      defer { rows = ScoreBatch() }
      return rows
    }
    if let taken { try store.save(taken) }
  }
}
