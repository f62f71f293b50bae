import Foundation
import GRDB
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

/// What people say of pictures, as the store keeps it.
@Suite struct VoteTests {
  let folder: TemporaryFolder
  let store: ResultStore
  let run: Int64

  init() throws {
    folder = try TemporaryFolder()
    store = try ResultStore(folder.url.appendingPathComponent("store.sqlite"), access: .creating)
    let begun = try begin(store, exampleRun())
    run = begun.run.id
    for sample in begun.samples {
      _ = try store.adopt(sample, picture: examplePicture("\(sample.id)", hash: "\(sample.id)"))
    }
  }

  private func contents() throws -> RunContents { try store.contents(ofRun: run) }

  private func time(_ second: Int) throws -> VoteTime {
    try #require(VoteTime(rawValue: String(format: "2026-03-01T09:12:%02d.120Z", second)))
  }

  private func vote(_ sample: SampleRecord, second: Int = 1, of contents: RunContents) throws -> VoteRecord {
    let reference = try #require(contents.baselines[sample.place]?.picture)
    return VoteRecord(
      sampleID: sample.id, round: "9a31c07be55d0f12", time: try time(second), answer: .baseline,
      baselineSide: .left, milliseconds: 900, isCatchTrial: false,
      picture: try #require(sample.picture).seenHash, reference: reference.seenHash)
  }

  private func merged(_ contents: RunContents) -> [SampleRecord] {
    contents.samples.filter { $0.variantID != contents.baseline?.id }
  }

  @Test func `the same twice is there once, and what is new is added`() throws {
    let contents = try contents()
    let votes = try merged(contents).enumerated().map {
      try vote($0.element, second: $0.offset, of: contents)
    }
    #expect(votes.count == 4)
    let ballot = Ballot(VoterRecord(key: "00112233445566aa"), votes: Array(votes.prefix(2)))
    #expect(try store.save([ballot]).votes == 2)
    let more = Ballot(VoterRecord(key: "00112233445566aa", name: "Ann"), votes: votes)
    let second = try store.save([more])
    #expect(second.votes == 2 && second.known == 2)
    // Somebody else on the same pictures.
    #expect(try store.save([Ballot(VoterRecord(key: "ff112233445566aa"), votes: votes)]).votes == 4)
    let read = try self.contents()
    #expect(read.votes.count == 8 && read.voters.map(\.label) == ["Ann", "ff112233"])
    let first = try #require(read.votes.first)
    #expect(first.time == votes[0].time && first.milliseconds == 900 && first.answer == .baseline)
  }

  @Test func `a later mark takes the place of an earlier one`() throws {
    let contents = try contents()
    let place = try #require(contents.baselines.keys.first)
    let reference = try #require(contents.baselines[place]?.picture?.seenHash)
    let variant = try #require(contents.variants.first { !$0.isBaseline }).id
    func save(_ variant: Int64?, second: Int) throws -> SavedBallots {
      let mark = NoticedRecord(
        promptID: place.promptID, seed: place.seed, variantID: variant, time: try time(second),
        reference: reference)
      return try store.save([Ballot(VoterRecord(key: "00112233445566aa"), noticed: [mark])])
    }
    #expect(try save(variant, second: 5).noticed == 1)
    #expect(try save(nil, second: 3).known == 1 && self.contents().noticed.map(\.variantID) == [variant])
    #expect(try save(variant, second: 5).known == 1)
    #expect(try save(nil, second: 7).noticed == 1 && self.contents().noticed.map(\.variantID) == [nil])
  }

  @Test func `votes on a picture that was made again with other pixels are not read`() throws {
    let contents = try contents()
    let samples = merged(contents)
    try store.save([
      Ballot(VoterRecord(key: "00112233445566aa"), votes: try samples.map { try vote($0, of: contents) })
    ])
    _ = try store.adopt(samples[0], picture: examplePicture("\(samples[0].id)", hash: "new"))
    #expect(try self.contents().votes.map(\.sampleID) == samples.dropFirst().map(\.id))
    // And all of a place whose baseline was.
    let baseline = try #require(contents.baselines[samples[1].place])
    _ = try store.adopt(baseline, picture: examplePicture("\(baseline.id)", hash: "other"))
    let left = samples.dropFirst().filter { $0.place != samples[1].place }
    #expect(try self.contents().votes.map(\.sampleID) == left.map(\.id))
  }

  @Test func `a store of the schema before knows of no votes, and takes some`() throws {
    let file = URL(fileURLWithPath: store.path)
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(
        sql: """
          DROP TABLE vote; DROP TABLE noticed; DROP TABLE voter;
          DELETE FROM grdb_migrations WHERE identifier = '7-votes';
          """)
    }
    #expect(try ResultStore(file).contents(ofRun: run).votes.isEmpty)
    let writer = try ResultStore(file, access: .writing)
    let contents = try writer.contents(ofRun: run)
    #expect(contents.samples.count == 8 && contents.voters.isEmpty)
    let ballot = Ballot(
      VoterRecord(key: "00112233445566aa"), votes: [try vote(merged(contents)[0], of: contents)])
    #expect(try writer.save([ballot]).votes == 1)
    #expect(try writer.contents(ofRun: run).votes.count == 1)
  }

  @Test(arguments: [
    ("UPDATE vote SET answer = 'left'", "column answer: 'left'"),
    ("UPDATE vote SET time = 'noon'", "column time: 'noon'"),
    ("UPDATE vote SET milliseconds = -1", "column milliseconds: -1"),
    ("UPDATE vote SET isCatchTrial = 2", "column isCatchTrial: 2"),
    ("UPDATE vote SET baselineSide = 'top'", "table vote, row with voterID 1"),
    ("UPDATE noticed SET time = '2026-02-30T00:00:00.000Z'", "table noticed, row with voterID 1"),
    ("DELETE FROM voter", "it is not in table voter"),
  ]) func `a value that cannot be is named`(sql: String, words: String) throws {
    let contents = try contents()
    let sample = merged(contents)[0]
    let vote = try vote(sample, of: contents)
    let mark = NoticedRecord(
      promptID: sample.promptID, seed: sample.seed, variantID: nil, time: try time(1),
      reference: vote.reference)
    try store.save([Ballot(VoterRecord(key: "00112233445566aa"), votes: [vote], noticed: [mark])])
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: store.path, configuration: configuration).write {
      try $0.execute(sql: "PRAGMA ignore_check_constraints = ON;" + sql)
    }
    let error = try #require(throws: StoreError.self) { try self.contents() }
    guard case .damaged(_, let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(reason.contains(words), "\(reason)")
  }

  @Test(arguments: [
    ("2026-03-01T09:12:44.120Z", true), ("2024-02-29T23:59:59.999Z", true),
    ("2023-02-29T00:00:00.000Z", false),
    ("2026-13-01T00:00:00.000Z", false), ("2026-03-01T24:00:00.000Z", false),
    ("1999-12-31T00:00:00.000Z", false),
    ("2026-03-01T09:12:44Z", false), ("2026-03-01 09:12:44.120Z", false), ("2026-03-01T09:12:4४.120Z", false),
    ("", false), ("9999999999999999999999", false),
  ]) func `times are those that pages write`(text: String, isTime: Bool) {
    #expect((VoteTime(rawValue: text) != nil) == isTime)
    #expect(!isTime || VoteTime(rawValue: text)?.rawValue == text)
  }
}
