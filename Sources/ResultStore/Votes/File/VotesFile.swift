import Files
import Foundation
public import Pictures

/// What a report's page saves of a reader's votes and marks, as `docs/votes.md` describes it; every value of it checked.
public struct VotesFile: Sendable {
  /// One of the two pictures that a vote is about.
  public struct Picture: Sendable, Equatable {
    /// The variant's label.
    public let variant: String
    public let pixelHash: String?
  }

  public struct Vote: Sendable, Equatable {
    /// The key of its run.
    public let run: String
    public let round: String
    public let row: String
    public let seed: Seed
    public let prompt: String
    public let baseline: Picture
    public let merged: Picture
    public let baselineSide: VoteRecord.Side
    public let answer: VoteRecord.Answer
    public let milliseconds: Int
    public let isCatchTrial: Bool
    public let time: VoteTime
  }

  /// The first ratio at which a change was noticed.
  public struct Mark: Sendable, Equatable {
    public let run: String
    public let row: String
    public let seed: Seed
    /// Nil in files of version 1, which name prompts by their rows alone.
    public let prompt: String?
    public let pixelHash: String?
    /// The variant's label; nil where no change was noticed.
    public let ratio: String?
    public let time: VoteTime
  }

  public static let format = "tome-eval votes"
  public static let versions = 1...2
  /// Bytes: 100 000 votes.
  static let largest = 1 << 26

  public let path: String
  public let voter: VoterRecord
  /// Of the page: how many runs it was about.
  public let runCount: Int
  public let votes: [Vote]
  public let marks: [Mark]

  /// - Parameter whenWaiting: done once when a stream sends nothing for a while
  /// - Throws: ``VotesFileError`` for the first thing that is wrong.
  public init(_ path: String, whenWaiting: () -> Void = {}) throws(VotesFileError) {
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = try InputFile.bytes(path, limit: Self.largest, whenWaiting: whenWaiting)
    } catch {
      throw VotesFileError(path: path, field: nil, reason: "cannot be read: \(error.reason)")
    }
    try self.init(bytes, path: path)
  }

  /// - Parameter path: for messages
  public init(_ bytes: [UInt8], path: String) throws(VotesFileError) {
    let check = VotesFileCheck(path: path)
    let head = try check.decode(VotesFileCheck.Head.self, bytes)
    guard head.format == Self.format else {
      throw check.error(
        "format", "is \(head.format.map { "'\($0)'" } ?? "missing"), expected '\(Self.format)': another file?"
      )
    }
    guard let number = head.version, let version = Int(exactly: number), version >= 1 else {
      throw check.error("version", "is no whole number from 1 on; \(VotesFileError.saveAgain)")
    }
    guard Self.versions.contains(version) else {
      throw check.error(
        "version", "is \(version), this tome-eval reads up to \(Self.versions.upperBound); update tome-eval")
    }
    let body = try check.decode(VotesFileCheck.Body.self, bytes)
    self.path = path
    runCount = body.runs.count
    votes = try check.each(body.votes, "votes", check.vote)
    marks = try check.each(body.noticed, "noticed", check.mark)
    guard version > 1 else {
      voter = VoterRecord(key: Self.voterKey(votes, marks))
      return
    }
    guard let key = body.voter, VotesFileCheck.isDrawn(key) else {
      throw check.error("voter", "is no 16 hexadecimal digits; \(VotesFileError.saveAgain)")
    }
    let name = body.voterName.flatMap { $0.isEmpty ? nil : $0 }
    guard name.map({ $0.count <= 100 }) != false else {
      throw check.error("voterName", "has more than 100 characters; give a shorter one")
    }
    voter = VoterRecord(key: key, name: name)
  }

  /// Of a file of version 1, which does not say who voted: its first round stands for the browser, which all of that
  /// browser's later files begin with, too; without votes, its first mark.
  private static func voterKey(_ votes: [Vote], _ marks: [Mark]) -> String {
    let first = votes.min { ($0.time, $0.round) < ($1.time, $1.round) }
    if let first { return first.round }
    let mark = marks.min { ($0.time, $0.row) < ($1.time, $1.row) }
    return String(contentHash(of: mark.map { [$0.run, $0.row, "\($0.seed)", $0.time.rawValue] }).prefix(16))
  }
}
