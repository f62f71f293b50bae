import Synchronization

/// Asks a sweep to stop; it does so after the current step, and loses nothing but the
/// picture at hand.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  public var isRequested: Bool { flag.load(ordering: .relaxed) }

  public func request() { flag.store(true, ordering: .relaxed) }

  /// - Throws: `CancellationError` once a stop was asked for.
  public func check() throws {
    if isRequested { throw CancellationError() }
  }
}
