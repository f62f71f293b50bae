/// A service that makes pictures one after the other, and may fail for a while, but not for ever.
struct ServiceConnection: Sendable {
  let service: HTTPService
  private var failures = FailuresInARow()
  private var isWarm = false

  init(_ service: HTTPService) { self.service = service }

  /// Asks for a picture.
  ///
  /// Before the first one comes another that does not count: what a service loads and compiles then is no cost of a
  /// picture.
  /// - Parameters:
  ///   - warmUp: makes the one that does not count
  ///   - interrupt: makes the service stop what it is at
  /// - Throws: ``EngineError`` for this picture alone, ``EngineStopped`` when the service is of no use any more,
  ///   `CancellationError`
  mutating func picture(
    isCancelled: () -> Bool, warmUp: () throws -> Void, interrupt: () -> Void,
    _ make: () throws -> MadePicture
  ) throws -> MadePicture {
    do {
      if !isWarm {
        try service.persistently(isCancelled: isCancelled, repair: interrupt, warmUp)
        isWarm = true
      }
      let made = try service.persistently(isCancelled: isCancelled, repair: interrupt, make)
      failures.end()
      return made
    } catch is CancellationError {
      interrupt()
      throw CancellationError()
    } catch let error as EngineError {
      failures.end()
      throw error
    } catch let failure as HTTPFailure {
      let reason = "\(service.name) \(failure)"
      if failure.endsAll { throw EngineStopped(reason: reason) }
      if failure.kind == .late { interrupt() }
      try failures.count(reason)
    }
  }
}
