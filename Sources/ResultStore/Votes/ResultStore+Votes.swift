import GRDB

/// All that one person said, for one transaction.
public struct Ballot: Sendable {
  public var voter: VoterRecord
  /// Their ``VoteRecord/voterID`` is given to them when they are stored.
  public var votes: [VoteRecord]
  public var noticed: [NoticedRecord]

  public init(_ voter: VoterRecord, votes: [VoteRecord] = [], noticed: [NoticedRecord] = []) {
    self.voter = voter
    self.votes = votes
    self.noticed = noticed
  }
}

/// How much of several ballots was new.
public struct SavedBallots: Sendable, Equatable {
  public var votes = 0
  public var noticed = 0
  /// Votes and marks that were there already, or that a later mark of the same pictures stands for.
  public var known = 0

  public init() {}
}

extension ResultStore {
  /// Stores what the store lacks of it: a vote that is there stays, a mark gives way to a later one of the same voter
  /// and pictures. All or nothing, in one transaction.
  @discardableResult public func save(_ ballots: [Ballot]) throws(StoreError) -> SavedBallots {
    try write { db in
      var saved = SavedBallots()
      for ballot in ballots {
        let voter = try ballot.voter.stored(in: db).id
        for var vote in ballot.votes {
          vote.voterID = voter
          let before = db.totalChangesCount
          try vote.insert(db, onConflict: .ignore)
          if db.totalChangesCount > before { saved.votes += 1 } else { saved.known += 1 }
        }
        for var mark in ballot.noticed {
          mark.voterID = voter
          if try mark.takesPlace(in: db) { saved.noticed += 1 } else { saved.known += 1 }
        }
      }
      return saved
    }
  }
}

extension VoterRecord {
  /// The store's row of this voter, a new one where it has none.
  fileprivate func stored(in db: Database) throws -> VoterRecord {
    guard var known = try VoterRecord.fetchChecked(db, VoterRecord.filter(Column("key") == key)).first else {
      var new = self
      new.id = 0
      try new.insert(db)
      return new
    }
    if known.name == nil, name != nil {
      known.name = name
      try known.update(db)
    }
    return known
  }
}

extension NoticedRecord {
  /// Stores the mark unless the store has as late a one.
  /// - Returns: whether it did.
  fileprivate func takesPlace(in db: Database) throws -> Bool {
    let same = NoticedRecord.filter(
      Column("voterID") == voterID && Column("promptID") == promptID && Column("seed") == seed)
    if let known = try NoticedRecord.fetchChecked(db, same).first {
      // Of one moment there is one mark: whichever is stored first must not matter.
      guard (known.time, known.variantID ?? 0) < (time, variantID ?? 0) else { return false }
    }
    try insert(db, onConflict: .replace)
    return true
  }
}
