import Foundation
import GRDB
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Evaluation

/// Files of votes, from their bytes to the store.
@Suite struct VotesImportTests {
  let folder: TemporaryFolder
  let store: ResultStore
  let contents: RunContents

  init() throws {
    folder = try TemporaryFolder()
    var run = SyntheticRun()
    (run.prompts, run.seeds, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(4)), [0], [0, 0.5])
    run.size = 16
    contents = try run.make(in: folder.url)
    store = try ResultStore(folder.url.appendingPathComponent("results.sqlite"), access: .writing)
  }

  private static func votes() -> SyntheticVotes {
    var votes = SyntheticVotes()
    votes.answer = { prompt, _, _ in prompt.row == 40 ? .skip : .merged }
    votes.trials = [.same]
    votes.noticed = { prompt, _ in prompt.row == 40 ? "" : "0.5" }
    return votes
  }

  private func file(_ votes: SyntheticVotes = votes(), name: String = "votes.json") throws -> VotesFile {
    try VotesFile([UInt8](votes.data(of: contents)), path: name)
  }

  private func read() throws -> RunContents { try store.contents(ofRun: contents.run.id) }

  @Test func `what a page saves is taken once, however often it is imported`() throws {
    let file = try file()
    let first = try VotesImport.run([file], into: store)[0]
    #expect(first.saved.votes == 5 && first.saved.noticed == 4 && first.refusedCount == 0)
    #expect(first.runs == ["synthetic"] && first.voter.key == "00112233445566aa")
    let again = try VotesImport.run([file, file], into: store).map(\.saved)
    #expect(again.map(\.votes) == [0, 0] && again.map(\.known) == [9, 9])
    let read = try read()
    #expect(read.votes.count == 5 && read.noticed.count == 4 && read.voters.count == 1)
    #expect(read.votes.map(\.answer) == [.skip, .merged, .merged, .merged, .same])
    #expect(read.votes.map(\.isCatchTrial) == [false, false, false, false, true])
    #expect(read.noticed.count { $0.variantID == nil } == 1)
    // A later file of the same browser with all of it and one more mark.
    var later = Self.votes()
    later.noticed = { _, _ in "0.5" }
    let added = try VotesImport.run([try self.file(later)], into: store)[0].saved
    #expect(added.votes == 0 && added.known == 8 && added.noticed == 1)
    #expect(try self.read().noticed.count == 4)
  }

  @Test func `files of version 1 have their first round for a voter`() throws {
    var old = Self.votes()
    (old.version, old.voter) = (1, nil)
    let file = try file(old)
    #expect(file.voter.key == "9a31c07be55d0f12" && file.marks.allSatisfy { $0.prompt == nil })
    #expect(try VotesImport.run([file], into: store)[0].saved.noticed == 4)
    var marks = old
    (marks.answer, marks.trials) = ({ _, _, _ in nil }, [])
    let key = try self.file(marks).voter.key
    #expect(key.count == 16 && key != file.voter.key)
    #expect(try self.file(marks).voter.key == key)
  }

  @Test func `pictures and runs that are others now are counted and refused`() throws {
    let file = try file()
    let merged = try #require(contents.samples.first { $0.variantID != contents.baseline?.id })
    var picture = try #require(merged.picture)
    picture.pixelHash = String(repeating: "0", count: 64)
    _ = try store.adopt(merged, picture: picture)
    let outcome = try VotesImport.run([file], into: store)[0]
    #expect(outcome.refused == [.otherPicture: 1] && outcome.saved.votes == 4)
    let foreign = try VotesFile(
      edited { $0.replacing("\"run\":\"synthetic\"", with: "\"run\":\"other\"") }, path: "x")
    let refused = try VotesImport.run([foreign], into: store)[0]
    #expect(refused.refused == [.unknownRun: 9] && refused.saved == SavedBallots() && refused.runs.isEmpty)
    let unknown = try VotesFile(
      edited { $0.replacing("\"ratio\":\"0.5\"", with: "\"ratio\":\"0.9\"") }, path: "x")
    #expect(try VotesImport.run([unknown], into: store)[0].refused[.unknownPicture] == 3)
  }

  private func edited(_ change: (String) -> String) throws -> [UInt8] {
    let text = String(decoding: try Self.votes().data(of: contents), as: UTF8.self)
    let other = change(text)
    #expect(other != text)
    return Array(other.utf8)
  }

  @Test(arguments: [
    ("\"format\":\"tome-eval votes\"", "\"format\":\"stars\"", "format", "expected 'tome-eval votes'"),
    ("\"version\":2", "\"version\":3", "version", "update tome-eval"),
    ("\"version\":2", "\"version\":1.5", "version", "whole number"),
    ("\"voter\":\"00112233445566aa\"", "\"voter\":\"me\"", "voter", "16 hexadecimal digits"),
    ("\"answer\":\"skip\"", "\"answer\":\"maybe\"", "votes[0].answer", "left, right, same or skip"),
    ("\"milliseconds\":1500", "\"milliseconds\":-3", "votes[0].milliseconds", "from 0 to"),
    ("\"milliseconds\":1500", "\"milliseconds\":1e300", "votes[0].milliseconds", "from 0 to"),
    ("\"milliseconds\":1500", "\"milliseconds\":\"long\"", "votes[0].milliseconds", "another kind"),
    ("\"round\":\"9a31c07be55d0f12\"", "\"round\":\"first\"", "votes[0].round", "16 hexadecimal digits"),
    ("\"seed\":\"0\"", "\"seed\":\"-1\"", "noticed[0].seed", "whole number"),
    (
      "\"time\":\"2026-03-01T09:00:00.120Z\"", "\"time\":\"yesterday\"", "votes[0].time",
      "2026-03-01T09:12:44.120Z"
    ),
    ("\"baselineSide\":\"left\"", "\"baselineSide\":\"top\"", "votes[0].baselineSide", "left or right"),
    ("\"isCatchTrial\":true", "\"isCatchTrial\":false", "votes[4].merged", "the baseline itself"),
    ("\"votes\":[", "\"vote\":[", "votes", "is missing"),
    ("{", "", nil, "is no JSON"),
  ]) func `what is wrong is named with its place and what to do`(
    text: String, other: String, field: String?, words: String
  ) throws {
    // The first occurrence alone; keys are sorted.
    let bytes = try edited { whole in
      guard let range = whole.range(of: text) else { return whole }
      return whole.replacingCharacters(in: range, with: other)
    }
    let error = try #require(throws: VotesFileError.self) { try VotesFile(bytes, path: "ann.json") }
    #expect(error.field == field, "\(error)")
    #expect(error.description.hasPrefix("ann.json: ") && error.description.contains(words), "\(error)")
  }

  /// However little of it is left.
  @Test func `a file that is cut is an error`() throws {
    let bytes = [UInt8](try Self.votes().data(of: contents))
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: VotesFileError.self) { try VotesFile(Array(bytes.prefix(count)), path: "x") }
    }
    #expect(throws: VotesFileError.self) { try VotesFile(folder.url.path) }
    #expect(throws: VotesFileError.self) { try VotesFile(folder.url.appendingPathComponent("none").path) }
  }

  @Test func `votes come along when stores are merged, in any order`() throws {
    func make(_ name: String, _ votes: SyntheticVotes) throws -> URL {
      let other = folder.url.appendingPathComponent(name)
      var run = SyntheticRun()
      (run.prompts, run.seeds, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(4)), [0], [0, 0.5])
      run.size = 16
      let contents = try run.make(in: other)
      let file = other.appendingPathComponent("results.sqlite")
      let bytes = [UInt8](try votes.data(of: contents))
      _ = try VotesImport.run(
        [VotesFile(bytes, path: name)], into: ResultStore(file, access: .writing))
      return file
    }
    var second = Self.votes()
    (second.voter, second.name, second.round) = ("ff112233445566aa", "Ben", "0a31c07be55d0f12")
    // One vote of the first's, too, as a later file of the same browser has it.
    var third = Self.votes()
    third.answer = { prompt, _, _ in prompt.row == 40 ? .skip : nil }
    let files = [try make("a", Self.votes()), try make("b", second), try make("c", third)]
    var dumps: [[[Row]]] = []
    for (index, order) in [[0, 1, 2], [2, 1, 0], [1, 0, 2]].enumerated() {
      let target = folder.url.appendingPathComponent("merged-\(index)")
      let path = target.appendingPathComponent("tome-eval.sqlite")
      do {
        let into = try ResultStore(path, access: .creating)
        _ = try StoreMerge(order.map { files[$0] }, into: into, folder: target).run()
        let merged = try into.contents(ofRun: into.latestRun().id)
        #expect(merged.voters.map(\.label) == ["00112233", "Ben"])
        // Of the first: five votes, and the catch trial of the third file, which came at another second.
        #expect(merged.votes.count == 11 && merged.noticed.count == 8)
        _ = try StoreMerge(order.map { files[$0] }, into: into, folder: target).run()
        #expect(try into.contents(ofRun: merged.run.id).votes.count == 11)
      }
      dumps.append(
        try DatabaseQueue(path: path.path).read { db in
          try ["voter", "vote", "noticed"].map { try Row.fetchAll(db, sql: "SELECT * FROM \($0)") }
        })
    }
    #expect(dumps[0] == dumps[1] && dumps[0] == dumps[2])
  }
}
