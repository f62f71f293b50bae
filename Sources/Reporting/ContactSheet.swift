import Foundation
import Mustache
import ResultStore

/// The contact sheet as one HTML text.
struct ContactSheet {
  let summary: ReportSummary

  init(_ contents: RunContents, _ comparison: Comparison, runFolder: URL) {
    summary = ReportSummary(contents, comparison) { path in
      FileManager.default.fileExists(atPath: runFolder.appendingPathComponent(path).path)
    }
  }

  func html() throws(ReportError) -> String {
    MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
    var library = MustacheLibrary()
    for (name, source) in Self.templates {
      do {
        library.register(try MustacheTemplate(string: source), named: name)
      } catch {
        throw .template(name: name, reason: "\(error)")
      }
    }
    guard let html = library.render(summary, withTemplate: "contact-sheet") else {
      throw .template(name: "contact-sheet", reason: "it is not registered")
    }
    return html
  }

  private static var templates: [String: String] {
    [
      "contact-sheet": text(PackageResources.contact_sheet_mustache),
      "ratios": text(PackageResources.ratios_mustache),
      "chart": text(PackageResources.chart_mustache),
      "rows": text(PackageResources.rows_mustache),
      "method": text(PackageResources.method_mustache),
    ].mapValues { "{{% CONTENT_TYPE:\(HTMLText.name)}}" + $0 }
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Escapes by Unicode scalar: a `"` followed by a combining mark is one Swift character but still ends an
/// attribute in HTML.
struct HTMLText: MustacheContentType {
  static let name = "HTML-SCALARS"

  func escapeText(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }
}
