extension NumberText {
  /// A size in binary units, as in `236 MiB` or `7.3 GiB`.
  public static func bytes(_ count: Int) -> String {
    guard count >= 1000 else { return NumberText.count(count, "byte") }
    var value = Double(count) / 1024
    for unit in ["KiB", "MiB"] {
      if value < 1000 { return "\(fixed(value, value < 10 ? 1 : 0)) \(unit)" }
      value /= 1024
    }
    return fixed(value, 1) + " GiB"
  }

  /// A time that people wait for, in whole seconds or minutes, as in `12 s`, `4 min 12 s` or `2 h 5 min`.
  public static func duration(_ seconds: Double) -> String {
    let total = Int(exactly: seconds.rounded(.up)).map { max($0, 0) } ?? 0
    func both(_ large: Int, _ unit: String, _ small: Int, _ subunit: String) -> String {
      "\(large) \(unit)" + (small > 0 ? " \(small) \(subunit)" : "")
    }
    if total < 60 { return "\(total) s" }
    if total < 3600 { return both(total / 60, "min", total % 60, "s") }
    return both(total / 3600, "h", total % 3600 / 60, "min")
  }
}
