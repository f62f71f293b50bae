import Foundation

/// How numbers are written: fixed decimals, a point, no grouping; never locale dependent.
public enum NumberText {
  /// ASCII for terminals and files, the true minus sign for typeset pages.
  public enum Minus: String, Sendable {
    case hyphen = "-"
    case typographic = "\u{2212}"
  }

  public static func fixed(_ value: Double, _ decimals: Int, minus: Minus = .hyphen) -> String {
    let digits = String(format: "%.\(decimals)f", abs(value))
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return value < 0 && !isZero ? minus.rawValue + digits : digits
  }

  /// With its sign, also for positive numbers; a rounded zero has none.
  public static func signed(_ value: Double, _ decimals: Int, minus: Minus = .hyphen) -> String {
    let text = fixed(value, decimals, minus: minus)
    let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
    return value > 0 && !isZero ? "+" + text : text
  }

  /// A ratio as people write it, with four decimals at most: `0.5`, `0.25`, `0`. Only zero is called so.
  public static func ratio(_ value: Double) -> String {
    let text = ratio(value, decimals: 4)
    return text == "0" && value != 0 ? "\(value)" : text
  }

  /// A ratio as people write it, with as many decimals as tell it from the others.
  public static func ratio(_ value: Double, among others: [Double]) -> String {
    let others = Set(others).union([value])
    let decimals = (4...17).first { decimals in
      Set(others.map { ratio($0, decimals: decimals) }).count == others.count
    }
    return decimals.map { $0 == 4 ? ratio(value) : ratio(value, decimals: $0) } ?? "\(value)"
  }

  private static func ratio(_ value: Double, decimals: Int) -> String {
    var text = fixed(value, decimals)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// With as many digits as tell it from every other number: `7.5`, `4`.
  public static func exact(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// Two decimals below ten seconds, one from there on.
  public static func seconds(_ value: Double) -> String { fixed(value, value < 10 ? 2 : 1) }

  /// A share of one as a percentage, as in `12 %`.
  public static func percent(_ share: Double, _ decimals: Int = 0) -> String {
    fixed(share * 100, decimals) + " %"
  }

  public static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
