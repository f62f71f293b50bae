import ArgumentParser

/// Width and height in pixels, written `768x512`, or `512` for a square.
struct PictureSize: ExpressibleByArgument, LosslessStringConvertible, Equatable {
  let width: Int
  let height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init?(_ description: String) {
    let sides = description.lowercased().split(separator: "x", omittingEmptySubsequences: false).map {
      Int($0)
    }
    guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1] else {
      return nil
    }
    self.init(width: width, height: height)
  }

  var description: String { "\(width)x\(height)" }
}

/// An amount of memory, written `8GiB`, `8G`, `500MiB` or in bytes; all units are powers of two.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let number = argument.prefix { $0.isNumber || $0 == "." }
    let shifts = [
      "": 0, "B": 0, "K": 10, "KIB": 10, "M": 20, "MIB": 20, "G": 30, "GIB": 30, "T": 40, "TIB": 40,
    ]
    guard let value = Double(number), value > 0, value < 1e6 || number.count == argument.count,
      let shift = shifts[argument.dropFirst(number.count).drop(while: \.isWhitespace).uppercased()]
    else { return nil }
    bytes = Int(value * Double(1 << shift))
  }
}

/// Values between commas, as in `0,0.3,0.5`.
struct CommaSeparated<Value: LosslessStringConvertible & Sendable>: ExpressibleByArgument {
  let values: [Value]

  init(_ values: [Value]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Value(String($0.trimming(while: \.isWhitespace))) }
    guard values.count == parts.count else { return nil }
    self.values = values
  }

  var defaultValueDescription: String {
    values.map { value in
      let text = "\(value)"
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }.joined(separator: ",")
  }
}

extension Substring {
  fileprivate func trimming(while predicate: (Character) -> Bool) -> Substring {
    var result = drop(while: predicate)
    while let last = result.last, predicate(last) { result.removeLast() }
    return result
  }
}
