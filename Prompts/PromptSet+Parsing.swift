import Files
import Foundation

/// What can be wrong with a file of prompts. Each case reads as one sentence.
public enum PromptSetError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case folder(path: String)
  case unreadable(path: String, reason: String)
  case notText(path: String)
  case empty(path: String)
  case emptyPrompt(path: String, line: Int)
  case tooManyColumns(path: String, line: Int, expected: Int, found: Int)
  case badRow(path: String, line: Int, found: String)
  case tab(path: String, line: Int)
  case commas(path: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such file; prompts are mini, full or a file"
    case .folder(let path):
      "\(path): is a folder; prompts are mini, full or a file"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .notText(let path):
      "\(path): not UTF-8 text; save it as UTF-8"
    case .empty(let path):
      "\(path): holds no prompt; write one prompt a line"
    case .emptyPrompt(let path, let line):
      "\(path): line \(line): the Prompt column is empty; fill it or remove the line"
    case .tooManyColumns(let path, let line, let expected, let found):
      "\(path): line \(line): \(found) columns, but the header names \(expected)"
    case .badRow(let path, let line, let found):
      "\(path): line \(line): the Row column says '\(found)', expected a number"
    case .tab(let path, let line):
      "\(path): line \(line): a TAB inside a prompt; replace it by a space, or begin the file with a header "
        + "line such as Prompt<TAB>Category<TAB>Challenge"
    case .commas(let path):
      "\(path): a table with commas (CSV); save it with TABs between its columns (TSV), or as plain text with a prompt "
        + "a line"
    }
  }
}

extension PromptSetError {
  init(_ problem: FileProblem, path: String) {
    self =
      switch problem {
      case .missing: .missing(path: path)
      case .noFile(.folder): .folder(path: path)
      default: .unreadable(path: path, reason: problem.reason)
      }
  }
}

extension PromptSet {
  /// Reads a TSV (split at TABs, no quoting, columns named by its header) or plain text,
  /// with any of the usual line ends and with or without a byte order mark.
  static func parse(_ bytes: [UInt8], name: String) throws(PromptSetError) -> PromptSet {
    guard var text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains("\0") else {
      throw .notText(path: name)
    }
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    let header = lines.first.map(columns) ?? []
    guard lines.first.map(isCommaHeader) != true, !name.lowercased().hasSuffix(".csv") else {
      throw .commas(path: name)
    }
    let prompts =
      header.count > 1 && header.contains("Prompt")
      ? try table(lines, header: header, path: name) : try plain(lines, path: name)
    guard !prompts.isEmpty else { throw .empty(path: name) }
    return PromptSet(name: name, prompts: prompts)
  }

  /// Whether the first line names columns, `Prompt` among them, as CSV does: read as plain text it would be a prompt.
  private static func isCommaHeader(_ line: Substring) -> Bool {
    let names = line.split { $0 == "," || $0 == ";" }.map {
      trimmed($0).trimmingCharacters(in: ["\""]).lowercased()
    }
    return names.count > 1 && names.contains("prompt")
  }

  private static func columns(_ line: Substring) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map(trimmed)
  }

  private static func trimmed(_ text: Substring) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func table(
    _ lines: [Substring], header: [String], path: String
  ) throws(PromptSetError) -> [Prompt] {
    var prompts: [Prompt] = []
    for (index, line) in lines.enumerated().dropFirst() where !trimmed(line).isEmpty {
      let fields = columns(line)
      guard fields.count <= header.count else {
        throw .tooManyColumns(path: path, line: index + 1, expected: header.count, found: fields.count)
      }
      let values = Dictionary(zip(header, fields).filter { !$1.isEmpty }) { first, _ in first }
      guard let text = values["Prompt"] else { throw .emptyPrompt(path: path, line: index + 1) }
      guard let row = values["Row"].map({ Int($0) }) ?? index else {
        throw .badRow(path: path, line: index + 1, found: values["Row"] ?? "")
      }
      prompts.append(
        Prompt(
          row: row, text: text, category: values["Category"], challenge: values["Challenge"],
          subset: values["Subset"]))
    }
    return prompts
  }

  private static func plain(_ lines: [Substring], path: String) throws(PromptSetError) -> [Prompt] {
    var prompts: [Prompt] = []
    for (index, line) in lines.enumerated() {
      let text = trimmed(line)
      guard !text.isEmpty else { continue }
      guard !text.unicodeScalars.contains("\t") else { throw .tab(path: path, line: index + 1) }
      prompts.append(Prompt(row: index + 1, text: text))
    }
    return prompts
  }
}
