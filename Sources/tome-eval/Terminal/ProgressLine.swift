import Foundation
import Wording

/// The one line of a terminal that renews itself, and how times are written on it.
enum ProgressLine {
  static func clear() {
    if Terminal.isErrorTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  static func renew(_ text: String) {
    FileHandle.standardError.write(Data("\r\u{1B}[K\(visible(text).prefix(Terminal.columns - 1))".utf8))
  }

  static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  static func seconds(_ value: Double) -> String {
    value >= 1 ? "\(tenths(value)) s" : "\(Int((value * 1000).rounded())) ms"
  }
}
