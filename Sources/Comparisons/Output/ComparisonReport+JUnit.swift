import ResultStore
import Wording

/// The comparison as JUnit XML, which CI servers read: a test case for every gate, for every null check of the run, and
/// for what the exit codes 1 and 3 stand for besides. Every failure is in the words of the terminal.
extension ComparisonReport {
  /// A test suite for every comparison; without a newline at the end.
  static func junit(_ reports: [ComparisonReport]) -> String {
    let name = "tome-eval compare"
    let suites = reports.flatMap { report in
      let comparison = report.comparison
      let names = "\(comparison.run.name) against \(comparison.pairing.kind.name)"
      return report.suite(reports.count == 1 ? name : "\(name): \(names)")
    }
    let lines = XMLText.element("testsuites", counts(name, reports.flatMap(\.cases)), suites)
    return (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"] + lines).joined(separator: "\n")
  }

  private var cases: [JUnitCase] { gateCases + nullCheckCases + pictureCases }

  private static func counts(_ name: String, _ cases: [JUnitCase]) -> KeyValuePairs<String, String> {
    func count(_ kind: JUnitCase.Kind) -> String { "\(cases.count { $0.result?.kind == kind })" }
    return [
      "name": name, "tests": "\(cases.count)", "failures": count(.failure), "errors": count(.error),
      "skipped": count(.skipped),
    ]
  }

  private func suite(_ name: String) -> [String] {
    let cases = cases
    let properties: KeyValuePairs = [
      "run": comparison.run.name, "model": comparison.run.modelName,
      "against": comparison.pairing.kind.name, "score": measureKey,
    ]
    let conclusions = [conclusion.headline, conclusion.support].compactMap(\.self).joined(separator: " ")
    let warnings = comparison.pairing.notes.filter(\.isWarning).map(\.text).joined(separator: "; ")
    let content =
      XMLText.element(
        "properties", [:],
        properties.flatMap { XMLText.element("property", ["name": $0.key, "value": $0.value]) })
      + cases.flatMap(\.element) + XMLText.element("system-out", text: conclusions)
      + (warnings.isEmpty ? [] : XMLText.element("system-err", text: warnings))
    return XMLText.element("testsuite", Self.counts(name, cases), content)
  }

  private var gateCases: [JUnitCase] {
    conclusion.checks.map { check in
      let kind: JUnitCase.Kind? =
        switch check.outcome {
        case .passed: nil
        case .failed: .failure
        case .unknown: .error
        }
      return JUnitCase(
        group: "gates", name: check.condition,
        result: kind.map { .init(kind: $0, message: check.detail, text: check.line) })
    }
  }

  private var nullCheckCases: [JUnitCase] {
    let contents = comparison.pairing.contents
    return contents.nullChecks.map { check in
      let variant = contents.variants.first { $0.id == check.variantID }?.title
      let kind: JUnitCase.Kind? =
        switch check.outcome {
        // What is noted is no fault.
        case .passed, .noted: nil
        case .failed: .failure
        case .pending: .skipped
        }
      return JUnitCase(
        group: "null_checks", name: check.kind.rawValue + (variant.map { ", \($0)" } ?? ""),
        result: kind.map {
          .init(kind: $0, message: check.detail, text: NullCheckLines.failure(check))
        })
    }
  }

  private var pictureCases: [JUnitCase] {
    let missing = comparison.allRows.flatMap { row in
      row.shortfalls.map { "\(row.variant.title): \($0)" }
    }
    return [("finished", missing), ("as scored", fileNotes.map(\.text))].map { name, problems in
      let text = problems.joined(separator: "; ")
      return JUnitCase(
        group: "pictures", name: name,
        result: text.isEmpty ? nil : .init(kind: .failure, message: text, text: text))
    }
  }
}

/// One test case.
private struct JUnitCase {
  enum Kind: String {
    case failure, error, skipped
  }

  struct Result {
    let kind: Kind
    let message: String
    let text: String
  }

  let group: String
  let name: String
  /// Nil when it passed.
  let result: Result?

  /// As lines.
  var element: [String] {
    let content = result.map { result in
      result.kind == .skipped
        ? XMLText.element("skipped", ["message": result.message])
        : XMLText.element(
          result.kind.rawValue, ["message": result.message, "type": group], text: result.text)
    }
    return XMLText.element("testcase", ["classname": "tome-eval.\(group)", "name": name], content ?? [])
  }
}
