import Comparisons
import Foundation
import ResultStore
import Statistics
import Wording

extension FuzzTarget {
  /// The rows of a store: bytes change them, see ``StoreEdit``, and the store is opened and read. It is damaged, in
  /// our words, or it is read. The first byte chooses between a store of today's schema and an older one, and whether
  /// what was read is also compared and printed, which takes longer.
  static let rows = FuzzTarget("rows") {
    let stores = try [EditedStore.current(), EditedStore.legacy()]
    return { bytes in
      guard let first = bytes.first else { return }
      let edits = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
      try stores[Int(first) % 2].withEdits(edits) { try read($0, isReported: first & 2 == 0) }
    }
  }

  private static func read(_ file: URL, isReported: Bool) throws(Finding) {
    do {
      let store = try ResultStore(file)
      for run in try store.runs() {
        let contents = try store.contents(ofRun: run.id)
        for sample in contents.samples { _ = try store.blockStatistics(ofSample: sample.id) }
        if isReported { try report(contents) }
      }
    } catch {
      switch error {
      case StoreError.damaged(_, let reason):
        let words = ["Decoding", "SQL", "GRDB", "Swift."].filter(reason.contains)
        try Finding.unless(words.isEmpty, "\(words) in '\(reason)'")
      case StoreError.notAStore, StoreError.newerSchema, StoreError.noSuchRun: break
      default: throw error as? Finding ?? Finding("\(error)")
      }
    }
  }

  private static func report(_ contents: RunContents) throws {
    let bootstrap = Bootstrap(resamples: 10)
    for pairing in [Pairing(baselineOf: contents), Pairing(contents, against: contents)] {
      let comparison = Comparison(pairing, bootstrap: bootstrap, detail: .preliminary)
      let report = ComparisonReport(comparison, by: .length, worst: 3)
      for format in ComparisonReport.Format.allCases { try check(report.text(format), format) }
    }
    for measure in contents.measures {
      _ = Comparison(contents, measure: measure, bootstrap: bootstrap, detail: .preliminary)
    }
  }

  private static func check(_ text: String, _ format: ComparisonReport.Format) throws(Finding) {
    let line = text.replacing("\n", with: "")
    try Finding.unless(visible(line) == line, "a table of \(format) steers terminals: \(line)")
    guard format == .json else { return }
    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    try Finding.unless(object?["ratios"] != nil, "no JSON: \(text)")
  }
}
