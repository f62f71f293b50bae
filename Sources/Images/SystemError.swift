import Foundation

/// What the system says of a call that failed.
struct SystemError: Error {
  let reason: String

  init(reason: String) { self.reason = reason }

  /// Of the call that failed last.
  init() { reason = String(cString: strerror(errno)) }

  /// - Returns: the result of a call that did not fail.
  @discardableResult
  static func check(_ result: Int32) throws(SystemError) -> Int32 {
    if result < 0 { throw SystemError() }
    return result
  }
}
