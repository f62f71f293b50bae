/// Reads `--seed -1` as `--seed=-1`: no option of this program begins as numbers do, so a negative number always is the
/// value of the option before it, and can be told what is wrong with it.
enum NegativeNumbers {
  static func joined(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    let joined = arguments[..<end].reduce(into: [String]()) { joined, argument in
      if let option = joined.last, option.hasPrefix("--"), !option.contains("="), isNegative(argument) {
        joined[joined.count - 1] = "\(option)=\(argument)"
      } else {
        joined.append(argument)
      }
    }
    return joined + arguments[end...]
  }

  /// Also of a list that begins with one.
  private static func isNegative(_ argument: String) -> Bool {
    argument.hasPrefix("-") && argument.dropFirst().drop { $0 == "." }.first.map { "0"..."9" ~= $0 } == true
  }
}
