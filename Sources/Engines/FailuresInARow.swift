/// Failures of another program that are no fault of a picture: the next picture may go well, but after too many in a row
/// there is no use in going on.
struct FailuresInARow {
  private var count = 0
  /// That end a sweep.
  private static let most = 3

  /// Something went well.
  mutating func end() { count = 0 }

  /// - Throws: ``EngineError`` for the picture at hand, or ``EngineStopped`` when it is one too many.
  mutating func count(_ reason: String) throws -> Never {
    count += 1
    guard count < Self.most else { throw EngineStopped(reason: "\(Self.most) times in a row \(reason)") }
    throw EngineError.worker(reason)
  }
}

/// Another program that makes no picture, whatever it is asked for: the end of a sweep.
public struct EngineStopped: Error, CustomStringConvertible {
  let reason: String
  public var description: String { reason }
}
