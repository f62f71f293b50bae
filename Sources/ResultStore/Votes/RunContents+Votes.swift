import GRDB

extension RunContents {
  /// Reads what people said of the run's pictures, as far as those are what was seen.
  mutating func readVotes(ofRun id: Int64, in db: Database) throws {
    let votes = try VoteRecord.fetchChecked(
      db,
      sql: """
        SELECT vote.* FROM vote JOIN sample ON sample.id = vote.sampleID
        JOIN prompt ON prompt.id = sample.promptID
        WHERE prompt.runID = ? ORDER BY vote.voterID, vote.time, vote.round, vote.sampleID
        """, arguments: [id])
    let noticed = try NoticedRecord.fetchChecked(
      db,
      sql: """
        SELECT noticed.* FROM noticed JOIN prompt ON prompt.id = noticed.promptID
        WHERE prompt.runID = ? ORDER BY noticed.voterID, noticed.promptID, noticed.seed
        """, arguments: [id])
    guard !votes.isEmpty || !noticed.isEmpty else { return }
    voters = try VoterRecord.fetchChecked(
      db,
      sql: """
        SELECT * FROM voter WHERE id IN (
          SELECT voterID FROM vote JOIN sample ON sample.id = sampleID JOIN prompt ON prompt.id = promptID
          WHERE runID = :run
          UNION SELECT voterID FROM noticed JOIN prompt ON prompt.id = promptID WHERE runID = :run)
        ORDER BY key
        """, arguments: ["run": id])
    let known = Set(voters.map(\.id))
    if let stray = (votes.map(\.voterID) + noticed.map(\.voterID)).first(where: { !known.contains($0) }) {
      throw DamagedRow("table vote or noticed, voter \(stray)", reason: "it is not in table voter")
    }
    let samples = Dictionary(samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let baselines = baselines
    self.votes = votes.filter { vote in
      guard let sample = samples[vote.sampleID], sample.picture?.shows(vote.picture) == true else {
        return false
      }
      return baselines[sample.place]?.picture?.shows(vote.reference) == true
    }
    self.noticed = noticed.filter { baselines[$0.place]?.picture?.shows($0.reference) == true }
  }
}
