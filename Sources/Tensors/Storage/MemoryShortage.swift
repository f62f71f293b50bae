import Synchronization

/// What becomes of the process when the system has no memory left for a tensor: no computation can go on then, and
/// none can be unwound. Who runs the program says what is to be said.
public enum MemoryShortage {
  /// Ends the process.
  /// - Parameter bytes: that could not be had
  public typealias Ending = @Sendable (_ bytes: Int) -> Never

  private static let ending = Mutex<Ending>({ bytes in
    preconditionFailure("out of memory: \(bytes) bytes more cannot be had")
  })

  /// From now on, on all threads.
  /// - Returns: what was done before
  @discardableResult
  public static func handle(_ ending: @escaping Ending) -> Ending {
    Self.ending.withLock { current in
      defer { current = ending }
      return current
    }
  }

  static func end(_ bytes: Int) -> Never {
    // Not under the lock: two threads may be at their end.
    let ending = ending.withLock { $0 }
    ending(bytes)
  }
}
