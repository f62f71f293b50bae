import Foundation
import Wording

/// Results go to standard output, everything else to standard error.
///
/// A result that cannot be written is an error of the program; a message that cannot be is dropped, since the work goes
/// on for whoever waits for its results.
enum Terminal {
  /// Whether standard error is a terminal whose line can be written over.
  static let isErrorTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
  /// Whether results are coloured: on terminals that can, unless the user's environment says otherwise, as
  /// https://no-color.org and https://bixense.com/clicolors have it.
  static let hasColors = environment("NO_COLOR") == nil && (isColorForced || isColorTerminal)

  private static let isDumb = environment("TERM") == "dumb"
  private static let isColorForced = environment("CLICOLOR_FORCE").map { $0 != "0" } ?? false
  private static var isColorTerminal: Bool {
    isatty(STDOUT_FILENO) == 1 && !isDumb && environment("CLICOLOR") != "0"
  }

  /// Nil for an empty variable, too.
  private static func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Results, line by line: what of them would steer the terminal is shown instead.
  static func print(_ text: String) throws { try printFormatted(shown(text)) }

  /// A result in which nothing steers the terminal that should not, as tables are made.
  static func printFormatted(_ text: String) throws {
    do {
      try StandardStream.output.write(text + "\n")
    } catch let error where error.code == EPIPE {
      StandardStream.endByClosedPipe()
    }
  }

  /// A value as indented JSON with sorted snake_case keys.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try printFormatted(JSONText.visible(String(decoding: try encoder.encode(value), as: UTF8.self)))
  }

  static func log(_ message: String) { try? StandardStream.errors.write(shown(message) + "\n") }

  static func warn(_ message: String) { log("warning: \(message)") }

  private static func shown(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
      .joined(separator: "\n")
  }

  /// Columns of the terminal behind standard error.
  static var columns: Int { columns(of: STDERR_FILENO) ?? 80 }

  /// Columns of the terminal that results go to; nil where they go elsewhere.
  static var resultColumns: Int? { columns(of: STDOUT_FILENO) }

  private static func columns(of stream: Int32) -> Int? {
    var size = winsize()
    guard ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
