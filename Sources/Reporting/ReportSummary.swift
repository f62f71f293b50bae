import Foundation
import ResultStore
import Statistics

/// Everything the contact sheet says, formatted: the templates only place it.
///
/// Mustache looks a name up in the enclosing values when it is nil, so no optional name occurs twice along one
/// path.
struct ReportSummary: Sendable {
  let title: String
  let runName: String
  let created: String
  let headline: String
  let facts: [String]
  let notes: [String]
  let hasNotes: Bool
  let table: RatioTable
  let chart: QualitySpeedChart?
  let sheet: Sheet
  let method: Method
  let toolVersion: String
  /// Lets this page's own style and script run, and no others.
  let nonce: String
  let style: String
  let script: String

  init(_ contents: RunContents, _ comparison: Comparison, pictureExists: (String) -> Bool) {
    let run = contents.run
    let sentence = VerdictSentence(minus: .typographic)
    title = "\(run.name) · tome-eval"
    runName = run.name
    created = Self.day(run.created)
    headline = sentence.headline(comparison)
    facts = Self.facts(contents)
    notes = Self.notes(contents)
    hasNotes = !notes.isEmpty
    table = RatioTable(comparison, sentence)
    chart = QualitySpeedChart(comparison, sentence)
    sheet = Sheet(contents, pictureExists: pictureExists)
    method = Method(contents, comparison)
    toolVersion = run.toolVersion
    nonce =
      String(UInt64.random(in: .min ... .max), radix: 36)
      + String(UInt64.random(in: .min ... .max), radix: 36)
    style = ContactSheet.text(PackageResources.contact_sheet_css)
    script = ContactSheet.text(PackageResources.contact_sheet_js)
  }

  /// As in `23 November 2026`, in UTC.
  private static func day(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_GB")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "d MMMM yyyy"
    return formatter.string(from: date)
  }

  private static func facts(_ contents: RunContents) -> [String] {
    let settings = contents.run.settings
    return [
      contents.run.modelName,
      "\(settings.scheduler), \(NumberText.count(settings.steps, "step"))",
      "guidance \(NumberText.ratio(settings.guidanceScale))",
      "\(settings.width) × \(settings.height)",
      NumberText.count(contents.prompts.count, "prompt") + " × "
        + NumberText.count(settings.seeds.count, "seed"),
      contents.run.clipName.map { "CLIP scores by \($0)" } ?? "no CLIP scores",
    ]
  }

  private static func notes(_ contents: RunContents) -> [String] {
    var notes: [String] = []
    if let note = contents.run.modelNote { notes.append(note) }
    if !contents.variants.contains(where: \.isBaseline) {
      notes.append("The run has no ratio 0, so there is no baseline to compare with.")
    }
    if contents.run.clipName == nil {
      notes.append("No CLIP checkpoint was given: pictures are compared by their pixels only.")
    }
    return notes
  }
}
