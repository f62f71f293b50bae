import Files
import Foundation
import Pictures

/// A table of pictures: CSV, TSV, or JSON lines, a picture a record, with a column `path` relative to the manifest's
/// folder and those of ``FactColumn``.
struct Manifest {
  static let suffixes = ["csv", "tsv", "jsonl"]
  /// Bytes of the longest manifest that is read.
  private static let largest = 1 << 30

  private(set) var pictures: [NamedPicture] = []
  private(set) var problems: [ImportProblem] = []
  private let url: URL
  /// The manifest's, and the pictures'.
  private let folder: URL
  private let folders: PictureFolders

  /// - Throws: ``ImportError`` for a manifest that cannot be read or lacks the column `path`; what is wrong with one of
  ///   its lines is a problem of that line.
  init(_ url: URL) throws(ImportError) {
    self.url = url
    folder = url.deletingLastPathComponent()
    folders = PictureFolders(store: folder, output: folder)
    let data: Data
    do throws(FileProblem) {
      data = try RegularFile.contents(url.path, limit: Self.largest)
    } catch {
      throw ImportError(error, path: url.path)
    }
    guard var text = String(validating: data, as: UTF8.self), !text.unicodeScalars.contains("\0") else {
      throw .notText(path: url.path)
    }
    if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
    if url.pathExtension.lowercased() == "jsonl" {
      readLines(text)
    } else {
      try readTable(text, delimiter: url.pathExtension.lowercased() == "tsv" ? "\t" : ",")
    }
  }

  private mutating func readTable(_ text: String, delimiter: Unicode.Scalar) throws(ImportError) {
    let table = DelimitedText(text, delimiter: delimiter)
    if let line = table.unclosedLine {
      problems.append(
        ImportProblem(
          url.path, line: line, "quotation marks are opened and never closed; the rest is one field"))
    }
    let titles = (table.records.first?.fields ?? []).map(Self.trimmed)
    let columns = titles.map { title in FactColumn.canonical(title) }
    guard let pathColumn = columns.firstIndex(of: FactColumn.path) else {
      throw .noColumn(FactColumn.path, path: url.path, columns: titles)
    }
    let known = titles.map { FactColumn.named($0) }
    note(
      unknown: titles.indices.filter { columns[$0] != FactColumn.path && known[$0] == nil }.map { titles[$0] }
    )
    for record in table.records.dropFirst() {
      guard record.fields.count <= titles.count else {
        leave(record.line, "\(record.fields.count) fields, but the first line names \(titles.count) columns")
        continue
      }
      guard record.fields.indices.contains(pathColumn) else {
        leave(record.line, "no path")
        continue
      }
      let values = record.fields.indices.compactMap { index in
        index == pathColumn ? nil : known[index].map { Value(titles[index], $0, record.fields[index]) }
      }
      add(record.fields[pathColumn], values, line: record.line)
    }
  }

  private mutating func readLines(_ text: String) {
    var unknown: [String] = []
    var columns: [String: FactColumn?] = [:]
    func column(_ title: String) -> FactColumn? {
      if let known = columns[title] { return known }
      let column = FactColumn.named(title)
      columns[title] = column
      if column == nil { unknown.append(title) }
      return column
    }
    let decoder = JSONDecoder()
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    where !Self.trimmed(String(line)).isEmpty {
      guard let object = try? decoder.decode([String: JSONField].self, from: Data(line.utf8)) else {
        leave(index + 1, "no JSON object of texts, numbers, true and false")
        continue
      }
      guard let path = object[FactColumn.path]?.text else {
        leave(index + 1, "no 'path'")
        continue
      }
      let others = object.filter { $0.key != FactColumn.path }.sorted { $0.key < $1.key }
      let values = others.compactMap { title, field in
        column(title).map { Value(title, $0, field.text ?? "") }
      }
      add(path, values, line: index + 1)
    }
    note(unknown: unknown)
  }

  private mutating func note(unknown: [String]) {
    guard !unknown.isEmpty else { return }
    problems.append(
      ImportProblem(
        url.path,
        "not used: \(unknown.map { "'\($0)'" }.joined(separator: ", ")); known columns are "
          + ([FactColumn.path] + FactColumn.all.map { $0.names[0] }).joined(separator: ", "),
        kind: .noted))
  }

  private mutating func leave(_ line: Int, _ reason: String) {
    problems.append(ImportProblem(url.path, line: line, reason))
  }

  /// What a column says of a picture.
  private struct Value {
    let title: String
    let column: FactColumn
    let text: String

    init(_ title: String, _ column: FactColumn, _ text: String) {
      (self.title, self.column, self.text) = (title, column, Manifest.trimmed(text))
    }
  }

  private mutating func add(_ path: String, _ values: [Value], line: Int) {
    var facts = PictureFacts()
    for value in values where !value.text.isEmpty {
      guard value.column.read(value.text, &facts) != nil else {
        leave(line, "\(value.title) is '\(value.text)', expected is \(value.column.expected)")
        return
      }
    }
    do {
      let file = try self.file(path)
      pictures.append(NamedPicture(url: file, manifest: url.path, line: line, facts: facts))
    } catch {
      leave(line, "\(error)")
    }
  }

  /// The file that a manifest names: below its own folder, and nowhere else.
  private func file(_ path: String) throws(PicturePathError) -> URL {
    let below = path.hasPrefix("/") ? URL(fileURLWithPath: path).path(below: folder) ?? path : path
    return try folders.url(of: PicturePath(below), base: .output)
  }

  fileprivate static func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// A value of a JSON object as a table would have it; nil for `null`.
private struct JSONField: Decodable {
  let text: String?

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      text = nil
    } else if let flag = try? value.decode(Bool.self) {
      text = flag ? "true" : "false"
    } else if let number = try? value.decode(Int.self) {
      text = "\(number)"
    } else if let number = try? value.decode(Double.self) {
      text = "\(number)"
    } else {
      text = try value.decode(String.self)
    }
  }
}

extension ImportError {
  init(_ problem: FileProblem, path: String) {
    self = problem == .missing ? .missing(path: path) : .unreadable(path: path, reason: problem.reason)
  }
}
