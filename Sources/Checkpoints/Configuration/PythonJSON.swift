import Foundation

/// JSON as Python writes it: with infinities, as in the configuration of DPM-Solver.
///
/// Foundation's decoder understands them as a part of JSON5, but traps on malformed text of that kind.
enum PythonJSON {
  /// The same in plain JSON, where the largest number stands for infinity.
  static func plain(_ json: Data) -> Data {
    let infinity = Data("Infinity".utf8)
    guard json.range(of: infinity) != nil else { return json }
    var plain = Data()
    var rest = json[...]
    var (isString, isEscaped) = (false, false)
    while let byte = rest.first {
      if !isString, rest.starts(with: infinity) {
        plain += Data("\(Double.greatestFiniteMagnitude)".utf8)
        rest = rest.dropFirst(infinity.count)
        continue
      }
      if byte == UInt8(ascii: "\""), !isEscaped { isString.toggle() }
      isEscaped = isString && byte == UInt8(ascii: "\\") && !isEscaped
      plain.append(byte)
      rest = rest.dropFirst()
    }
    return plain
  }
}
