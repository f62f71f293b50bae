import Pictures
public import ResultStore

/// Takes the votes and marks of files into a store, as far as its pictures are what was seen.
public enum VotesImport {
  /// Why a vote or a mark is not taken.
  public enum Refusal: String, Sendable, CaseIterable {
    case unknownRun = "their run is not in this store"
    case unknownPicture = "the run has no such picture"
    case otherPicture = "their pictures have other pixels now than when they were seen"
    case unnamedPrompt = "their prompt is not named: pages of several runs did not save it at first"
  }

  /// What became of one file.
  public struct Outcome: Sendable {
    public let path: String
    public let voter: VoterRecord
    public let saved: SavedBallots
    /// How many were refused, and why.
    public let refused: [Refusal: Int]
    /// The names of the runs that are voted on.
    public let runs: [String]

    public var refusedCount: Int { refused.values.reduce(0, +) }
  }

  /// Each file in one transaction.
  /// - Throws: `StoreError`; what earlier files held is stored then.
  public static func run(_ files: [VotesFile], into store: ResultStore) throws(StoreError) -> [Outcome] {
    var runs: [String: VotedRun] = [:]
    let records = try store.runs()
    var outcomes: [Outcome] = []
    for file in files {
      for key in Set(file.votes.map(\.run) + file.marks.map(\.run)) where runs[key] == nil {
        guard let record = records.first(where: { $0.key == key }) else { continue }
        runs[key] = VotedRun(try store.contents(ofRun: record.id))
      }
      outcomes.append(try take(file, runs, into: store))
    }
    return outcomes
  }

  private static func take(
    _ file: VotesFile, _ runs: [String: VotedRun], into store: ResultStore
  ) throws(StoreError) -> Outcome {
    var ballot = Ballot(file.voter)
    var refused: [Refusal: Int] = [:]
    var names: Set<String> = []
    for vote in file.votes {
      do throws(VotedRun.Refused) {
        guard let run = runs[vote.run] else { throw .init(reason: .unknownRun) }
        ballot.votes.append(try run.record(of: vote))
        names.insert(run.name)
      } catch { refused[error.reason, default: 0] += 1 }
    }
    for mark in file.marks {
      do throws(VotedRun.Refused) {
        guard let run = runs[mark.run] else { throw .init(reason: .unknownRun) }
        ballot.noticed.append(try run.record(of: mark, isOnlyRun: file.runCount == 1))
        names.insert(run.name)
      } catch { refused[error.reason, default: 0] += 1 }
    }
    let saved = ballot.votes.isEmpty && ballot.noticed.isEmpty ? SavedBallots() : try store.save([ballot])
    return Outcome(
      path: file.path, voter: file.voter, saved: saved, refused: refused, runs: names.sorted())
  }
}
