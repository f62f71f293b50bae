/// Why a service gave no answer that is of use: as it follows the service's name.
struct HTTPFailure: Error, CustomStringConvertible {
  enum Kind: Equatable {
    /// Nothing listens there.
    case unreachable
    /// The connection broke before the answer was complete.
    case dropped
    /// Nothing came within the time that was given.
    case late
    /// An answer with this status instead of a good one.
    case status(Int)
    /// An answer that is not what it should be.
    case unexpected
  }

  let kind: Kind
  let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Whether the same may go well a moment later.
  var isPassing: Bool {
    switch kind {
    case .unreachable, .dropped: true
    case .status(let status): (500...599).contains(status)
    case .late, .unexpected: false
    }
  }

  /// Whether no request will ever go well: there is no such service, or it wants a password.
  var endsAll: Bool { [.status(401), .status(403), .status(404)].contains(kind) }
}
