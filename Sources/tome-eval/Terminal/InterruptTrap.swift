import Dispatch
import Foundation
import Machine

/// Turns SIGINT, SIGTERM and SIGHUP into a request to stop after the current step; a second
/// signal ends the process at once.
final class InterruptTrap {
  private let signals: [Int32]
  private let sources: [any DispatchSourceSignal]

  init(_ cancellation: Cancellation) {
    // Whoever starts a program by `nohup` wants it to outlive its terminal.
    signals = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        signal(number, SIG_DFL)
        cancellation.request()
        Terminal.log("\nstopping after this step; what is finished is kept (again to stop at once)")
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if os(Linux)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
