import Foundation

/// How numbers are written: fixed decimals, a point, no grouping; never locale dependent.
package enum NumberText {
  /// ASCII for terminals and files, the true minus sign for typeset pages.
  package enum Minus: String, Sendable {
    case hyphen = "-"
    case typographic = "\u{2212}"
  }

  package static func fixed(_ value: Double, _ decimals: Int, minus: Minus = .hyphen) -> String {
    let digits = String(format: "%.\(decimals)f", abs(value))
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return value < 0 && !isZero ? minus.rawValue + digits : digits
  }

  /// With its sign, also for positive numbers; a rounded zero has none.
  package static func signed(_ value: Double, _ decimals: Int, minus: Minus = .hyphen) -> String {
    let text = fixed(value, decimals, minus: minus)
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return value > 0 && !isZero ? "+" + text : text
  }

  /// A ratio as people write it: `0.5`, `0.25`, `0`.
  package static func ratio(_ value: Double) -> String {
    var text = fixed(value, 4)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// Two decimals below ten seconds, one from there on.
  package static func seconds(_ value: Double) -> String { fixed(value, value < 10 ? 2 : 1) }

  /// In binary units, as in `236 MiB` or `7.3 GiB`.
  static func memory(_ bytes: Int) -> String {
    let mebibytes = Double(bytes) / 1_048_576
    return mebibytes < 1000 ? fixed(mebibytes, 0) + " MiB" : fixed(mebibytes / 1024, 1) + " GiB"
  }

  package static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
