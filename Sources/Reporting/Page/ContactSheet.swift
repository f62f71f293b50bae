import Comparisons
import Foundation
import Mustache
import PictureFiles
import ResultStore

/// The contact sheet as one HTML text.
struct ContactSheet {
  let summary: ReportSummary

  init(_ summary: ReportSummary) { self.summary = summary }

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
      "prompts": text(PackageResources.prompts_mustache),
      "groups": text(PackageResources.groups_mustache),
      "maps": text(PackageResources.maps_mustache),
      "similarity": text(PackageResources.similarity_mustache),
      "tools": text(PackageResources.tools_mustache),
      "kinds": text(PackageResources.kinds_mustache),
      "rows": text(PackageResources.rows_mustache),
      "margin": text(PackageResources.margin_mustache),
      "viewer": text(PackageResources.viewer_mustache),
      "explained": text(PackageResources.explained_mustache),
      "keys": text(PackageResources.keys_mustache),
      "vote": text(PackageResources.vote_mustache),
      "selection": text(PackageResources.selection_mustache),
      "method": text(PackageResources.method_mustache),
    ].mapValues { "{{% CONTENT_TYPE:\(HTMLText.name)}}" + $0 }
  }

  static var style: String {
    [
      PackageResources.contact_sheet_css, PackageResources.charts_css, PackageResources.sheet_css,
      PackageResources.columns_css, PackageResources.damage_css, PackageResources.viewer_css,
      PackageResources.scrub_css, PackageResources.making_css,
      PackageResources.dialogs_css, PackageResources.print_css,
    ].map(text).joined(separator: "\n")
  }

  /// A later part uses what an earlier one makes.
  static var script: String {
    [
      PackageResources.memory_js, PackageResources.say_js, PackageResources.save_js,
      PackageResources.cells_js, PackageResources.copy_js, PackageResources.address_js,
      PackageResources.sheet_js, PackageResources.columns_js, PackageResources.kinds_js,
      PackageResources.pin_js,
      PackageResources.heat_js, PackageResources.pixels_js, PackageResources.blink_js,
      PackageResources.scrub_js, PackageResources.zoom_js, PackageResources.mix_js,
      PackageResources.place_js, PackageResources.captions_js, PackageResources.explained_js,
      PackageResources.tokens_js, PackageResources.film_js, PackageResources.stars_js,
      PackageResources.markdown_js, PackageResources.picture_sheet_js, PackageResources.small_page_js,
      PackageResources.selection_js, PackageResources.noticed_js, PackageResources.survival_js,
      PackageResources.rounds_js, PackageResources.votes_js, PackageResources.vote_dialog_js,
      PackageResources.viewer_keys_js, PackageResources.viewer_js, PackageResources.sheet_keys_js,
      PackageResources.prompts_js, PackageResources.margin_js, PackageResources.charts_js,
      PackageResources.ratio_cards_js,
      PackageResources.start_js,
    ].map(text).joined(separator: "\n")
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Escapes by Unicode scalar: a `"` followed by a combining mark is one Swift character but still ends an
/// attribute in HTML.
struct HTMLText: MustacheContentType {
  static let name = "HTML-SCALARS"
  private static let special = Array("<>&\"'".utf8)

  func escapeText(_ text: String) -> String {
    // Most texts of a page need nothing.
    guard text.utf8.contains(where: { Self.special.contains($0) }) else { return text }
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
