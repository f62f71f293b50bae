import Metrics
public import Pictures
public import ResultStore
import Statistics
import Wording

/// A comparison with everything that was asked about it, in the form that was asked for.
public struct ComparisonReport: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case table, json, csv, markdown, junit
  }

  public let comparison: Comparison
  public let dimension: PromptDimension?
  public let groups: [Comparison.Group]
  public let worst: [WorstPicture]
  /// Of the rows' pictures.
  public let files: ChangedFiles
  public let conclusion: Conclusion

  /// - Parameters:
  ///   - dimension: What to tell prompts apart by.
  ///   - worst: How many of the worst pictures to name.
  ///   - gates: Conditions that make the comparison fail.
  ///   - state: What became of a finished picture's file.
  public init(
    _ comparison: Comparison, by dimension: PromptDimension? = nil, worst: Int = 0, gates: [Gate] = [],
    state: @Sendable (PictureRecord) -> StoredFile.State = { _ in .stored }
  ) {
    let rows = Set(comparison.allRows.map(\.variant.id))
    files = comparison.pairing.contents.changedFiles(of: rows, state: state)
    self.comparison = comparison
    self.dimension = dimension
    groups = dimension.map { comparison.grouped(by: $0) } ?? []
    self.worst = worst > 0 ? comparison.worst(worst) : []
    conclusion = Conclusion(comparison, gates: gates, changedFiles: files.count)
  }

  /// - Parameters:
  ///   - hasColors: Whether verdicts of a table are coloured.
  ///   - width: Of a table's lines, as a terminal has it; nil for as wide as they are.
  public func text(_ format: Format, hasColors: Bool = false, width: Int? = nil) -> String {
    switch format {
    case .table:
      blocks(line: { wrapped(visible($0), width: width) }) {
        painted($0, hasColors: hasColors, width: width)
      } plain: {
        $0.aligned()
      }
    case .markdown:
      blocks(line: MarkdownText.escaped) {
        $0.textTable().markdown()
      } plain: {
        $0.markdown()
      }
    case .csv: (worst.isEmpty ? rowTable() : worstTable(decimals: nil)).csv()
    case .json: json()
    case .junit: Self.junit([self])
    }
  }

  /// Several comparisons in one text, each under the names of its runs; CSV has one table of all.
  ///
  /// - Parameters: as of ``text(_:hasColors:width:)``
  public static func text(
    _ reports: [ComparisonReport], _ format: Format, hasColors: Bool = false, width: Int? = nil
  ) -> String {
    guard reports.count != 1 else { return reports[0].text(format, hasColors: hasColors, width: width) }
    switch format {
    case .json: return json(reports)
    case .junit: return junit(reports)
    case .csv:
      guard reports.allSatisfy(\.worst.isEmpty) else { return worstTable(reports).csv() }
      return rowTable(
        reports.flatMap { report in
          [("all", report.comparison)] + report.groups.map { ($0.name, $0.comparison) }
        }
      ).csv()
    case .table, .markdown:
      return reports.map { report in
        let names = "\(report.comparison.run.name) against \(report.comparison.pairing.kind.name)"
        let heading = format == .markdown ? "## " + MarkdownText.escaped(names) : visible(names)
        return heading + "\n\n" + report.text(format, hasColors: hasColors, width: width)
      }.joined(separator: "\n\n\n")
    }
  }

  /// - Parameter line: Makes a text that stands alone fit for the format.
  private func blocks(
    line: (String) -> String, _ rows: (Comparison) -> String, plain: (TextTable) -> String
  ) -> String {
    let sentences = [conclusion.headline, conclusion.support].compactMap(\.self).map(line)
    var blocks = [sentences.joined(separator: "\n"), rows(comparison)]
    if let dimension {
      for group in groups {
        let advice = VerdictSentence.advice(group.comparison).map { ": \($0)" } ?? ""
        let count = NumberText.count(group.comparison.promptCount, "prompt")
        blocks += [line("\(dimension.rawValue) \(group.name), \(count)\(advice)"), rows(group.comparison)]
      }
    }
    if !worst.isEmpty {
      blocks += [
        line("the worst by \(measureKey)"), plain(worstTable(decimals: comparison.metric.decimals)),
      ]
    }
    blocks.append(notes.map { line($0.text) }.joined(separator: "\n"))
    return blocks.joined(separator: "\n\n")
  }

  /// What is read under the tables.
  public var notes: [Note] {
    var notes = comparison.footnotes()
    if dimension == nil, let challenges = challengeAdvice() { notes.insert(Note(.advice, challenges), at: 0) }
    if dimension == .length { notes.append(Note(.method, "length: words of the prompt between spaces")) }
    return fileNotes + notes + conclusion.checks.map { Note(.gate, $0.line) }
  }

  /// What became of the pictures' files.
  var fileNotes: [Note] {
    [(files.gone, "gone"), (files.others.count, "changed")].filter { $0.0 > 0 }.map { count, fate in
      Note(.gone, "\(NumberText.count(count, "picture file")) \(fate) since: scores are what they were")
    }
  }

  var measureKey: String { comparison.measure?.key ?? comparison.metric.key }

  /// The recommendation for every challenge with enough prompts, where there are several.
  private func challengeAdvice() -> String? {
    guard comparison.recommendation != nil else { return nil }
    let members = Dictionary(grouping: comparison.pairing.prompts) {
      PromptDimension.challenge.group(of: $0.own)
    }
    guard members.values.count(where: { $0.count >= Recommendation.minimumPrompts }) > 1 else { return nil }
    let lines = comparison.grouped(by: .challenge, detail: .advice)
      .filter { $0.comparison.promptCount >= Recommendation.minimumPrompts }
      .compactMap { group in VerdictSentence.advice(group.comparison).map { "\(group.name) \($0)" } }
    return "by challenge: " + lines.joined(separator: "; ")
  }

  private func painted(_ comparison: Comparison, hasColors: Bool, width: Int?) -> String {
    let rows = comparison.allRows
    return comparison.fitted(width: width) { text, row, title in
      guard hasColors, title == Comparison.verdictTitle,
        let color = rows[row].difference?.verdict.terminalColor
      else { return text }
      return color + text + "\u{1B}[0m"
    }
  }

  /// The worst pictures of several comparisons, with the names of their runs.
  private static func worstTable(_ reports: [ComparisonReport]) -> TextTable {
    let tables = reports.map { report in
      (report.worstTable(decimals: nil), [report.comparison.run.name, report.comparison.pairing.kind.name])
    }
    let own: [TextTable.Column] = [.init(title: "run", isText: true), .init(title: "against", isText: true)]
    return TextTable(
      columns: (tables.first?.0.columns ?? []) + own,
      rows: tables.flatMap { table, names in table.rows.map { $0 + names } })
  }

  /// - Parameter decimals: Nil for all of them.
  private func worstTable(decimals: Int?) -> TextTable {
    func number(_ value: Double?) -> String {
      value.map { value in decimals.map { NumberText.fixed(value, $0) } ?? "\(value)" } ?? ""
    }
    return TextTable(
      columns: [
        .init(title: measureKey), .init(title: "reference"), .init(title: "delta"),
        .init(title: "variant", isText: true),
        .init(title: "seed"), .init(title: "prompt", isText: true), .init(title: "file", isText: true),
      ],
      rows: worst.map { picture in
        [
          number(picture.score), number(picture.reference), number(picture.difference), picture.variant,
          "\(picture.seed)", picture.prompt, picture.path,
        ]
      })
  }
}
