/// Pairs of twice the same picture: how often somebody sees a difference where there is none.
package struct CatchTrials: Sendable, Hashable {
  package let answered: Int
  /// Called alike.
  package let alike: Int

  /// From so many on they say something of one person.
  package static let least = 3

  package init(answered: Int, alike: Int) {
    precondition((0...max(answered, 0)).contains(alike), "\(alike) of \(answered) catch trials")
    self.answered = answered
    self.alike = alike
  }

  /// Whether one of two equal pictures was preferred in more than a third of them.
  package var isDoubtful: Bool { answered >= Self.least && 3 * (answered - alike) > answered }

  package static func + (a: CatchTrials, b: CatchTrials) -> CatchTrials {
    CatchTrials(answered: a.answered + b.answered, alike: a.alike + b.alike)
  }
}
