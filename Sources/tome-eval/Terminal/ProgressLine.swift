import Foundation
import Wording

/// The one line of a terminal that renews itself, and how times are written on it.
enum ProgressLine {
  private static let beginning = "\r\u{1B}[K"

  static func clear() { if Terminal.isErrorTerminal { try? StandardStream.errors.write(beginning) } }

  static func renew(_ text: String) {
    try? StandardStream.errors.write(beginning + visible(text).prefix(Terminal.columns - 1))
  }

  static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  static func seconds(_ value: Double) -> String {
    value >= 1 ? "\(tenths(value)) s" : "\(Int((value * 1000).rounded())) ms"
  }
}
