import Foundation
package import Machine
package import Tensors

/// How far a benchmark is.
public struct BenchmarkProgress: Sendable {
  public let item: BenchmarkCase
  public let program: BenchmarkProgram
  /// 0 is the first.
  public let round: Int
  public let finished: Int
  public let total: Int
  /// Nil before anything is measured.
  public let secondsLeft: Double?
  /// What the turn just finished gave; nil when it starts.
  public let outcome: TurnOutcome?
}

/// All turns of a table in their order: one size and batch after the other, and of those every configuration in
/// turn, round by round (A B C, A B C, …), so that a machine's drift meets all of them alike. A peer has its turn right
/// after ours.
public struct BenchmarkRun: Sendable {
  package let subject: BenchmarkSubject
  /// The CLIP folder that scores, for cases that do.
  public let clip: String?
  /// In the order of the table.
  public let cases: [BenchmarkCase]
  public let rounds: Int
  public let repeats: Int
  public let threads: Int
  package let matrixProducts: MatrixProducts
  public let memoryLimit: Int?
  /// Who takes turns beside this program; nil for nobody.
  public var peer: BenchmarkPeer?

  package init(
    subject: BenchmarkSubject, clip: String? = nil, cases: [BenchmarkCase], rounds: Int, repeats: Int,
    threads: Int, matrixProducts: MatrixProducts = .builtin, memoryLimit: Int?
  ) {
    precondition(clip != nil || !cases.contains { $0.part == .clip }, "CLIP scores without a CLIP folder")
    self.subject = subject
    self.clip = clip
    self.cases = cases
    self.rounds = rounds
    self.repeats = repeats
    self.threads = threads
    self.matrixProducts = matrixProducts
    self.memoryLimit = memoryLimit
  }

  var programs: [BenchmarkProgram] { peer == nil ? [.own] : [.own, .torch] }

  private func subject(of item: BenchmarkCase) -> BenchmarkSubject {
    item.part == .clip ? clip.map { .folder(path: $0) } ?? subject : subject
  }

  func turn(_ item: BenchmarkCase) -> BenchmarkTurn {
    BenchmarkTurn(
      subject: subject(of: item), item: item, repeats: repeats, threads: threads,
      matrixProducts: matrixProducts, memoryLimit: memoryLimit)
  }

  /// The turns as they are taken.
  func schedule() -> [(item: BenchmarkCase, program: BenchmarkProgram, round: Int)] {
    var groups: [[BenchmarkCase]] = []
    for item in cases {
      if groups.last?.first?.unmergedGroup == item.unmergedGroup {
        groups[groups.count - 1].append(item)
      } else {
        groups.append([item])
      }
    }
    return groups.flatMap { group in
      (0..<rounds).flatMap { round in
        group.flatMap { item in programs.map { (item: item, program: $0, round: round) } }
      }
    }
  }

  /// Takes all turns, or those up to a cancellation. The peer's is left out in rounds in which ours gave nothing.
  ///
  /// - Parameters:
  ///   - estimate: bytes that a case will take
  ///   - take: runs one turn by this program, or by the peer where there is one
  /// - Returns: in the order of the cases, ours before the peer's
  package func run(
    cancellation: Cancellation, estimate: (BenchmarkCase, BenchmarkSubject) throws -> Int,
    take: (BenchmarkTurn, BenchmarkProgram) throws -> TurnOutcome, progress: (BenchmarkProgress) -> Void
  ) throws -> [BenchmarkRow] {
    var rows: [BenchmarkRow.Key: BenchmarkRow] = [:]
    for item in cases {
      let bytes = try estimate(item, subject(of: item))
      let own = BenchmarkRow(
        item: item, estimatedBytes: bytes, exceeds: memoryLimit.map { bytes > $0 } ?? false)
      for row in [own] + (peer == nil ? [] : [BenchmarkRow(peerOf: item)]) { rows[row.key] = row }
    }
    func ownRow(_ item: BenchmarkCase) -> BenchmarkRow? { rows[.init(item: item, program: .own)] }
    let turns = schedule().filter { ownRow($0.item)?.isOpen == true }
    var clocks: [BenchmarkProgram: RemainingTime] = [:]
    for (index, turn) in turns.enumerated() {
      if cancellation.isRequested { break }
      let key = BenchmarkRow.Key(item: turn.item, program: turn.program)
      // An earlier round may have failed.
      guard rows[key]?.isOpen == true,
        turn.program == .own || ownRow(turn.item)?.figures[turn.round] != nil
      else { continue }
      func report(_ outcome: TurnOutcome?, finished: Int) {
        let left = Dictionary(grouping: turns[finished...], by: \.program)
        let seconds = programs.map { program in
          clocks[program, default: RemainingTime()].seconds(for: left[program, default: []].map(\.item))
        }
        progress(
          BenchmarkProgress(
            item: turn.item, program: turn.program, round: turn.round, finished: finished,
            total: turns.count,
            secondsLeft: seconds.contains(nil) ? nil : seconds.compactMap(\.self).reduce(0, +),
            outcome: outcome))
      }
      report(nil, finished: index)
      let start = ContinuousClock.now
      let outcome = try take(self.turn(turn.item), turn.program)
      clocks[turn.program, default: RemainingTime()].add(
        turn.item, seconds: start.duration(to: .now) / .seconds(1))
      if outcome == .interrupted { break }
      rows[key]?.add(outcome, round: turn.round)
      report(outcome, finished: index + 1)
    }
    return cases.flatMap { item in
      programs.compactMap { rows[.init(item: item, program: $0)] }
    }
  }
}

extension BenchmarkCase {
  /// What the configurations of one size and batch have in common.
  fileprivate var unmergedGroup: BenchmarkCase { vanilla }
}

/// How long turns will take, from those that are over.
struct RemainingTime {
  private var spent: [BenchmarkCase: [Double]] = [:]

  mutating func add(_ item: BenchmarkCase, seconds: Double) { spent[item, default: []].append(seconds) }

  /// A turn takes as long as the same one before, or, by its pixels, as long as others did.
  func seconds(for items: [BenchmarkCase]) -> Double? {
    guard !spent.isEmpty else { return nil }
    func size(_ item: BenchmarkCase) -> Double { Double(item.width * item.height * item.batch) }
    let all = spent.reduce(into: (seconds: 0.0, size: 0.0)) { sum, entry in
      sum.seconds += entry.value.reduce(0, +)
      sum.size += size(entry.key) * Double(entry.value.count)
    }
    return items.reduce(0) { sum, item in
      let before = spent[item].map { $0.reduce(0, +) / Double($0.count) }
      return sum + (before ?? all.seconds / all.size * size(item))
    }
  }
}
