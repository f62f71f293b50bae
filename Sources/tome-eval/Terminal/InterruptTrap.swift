import Dispatch
import Foundation
import Machine

/// Turns SIGINT and SIGTERM into a request to stop after the current step; a second
/// signal ends the process at once.
final class InterruptTrap {
  private let sources: [any DispatchSourceSignal]

  init(_ cancellation: Cancellation) {
    sources = [SIGINT, SIGTERM].map { number in
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
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }
}
