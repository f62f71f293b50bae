import ArgumentParser
import Images

/// Width and height in pixels, written `768x512`, or `512` for a square.
struct PictureSize: ExplainedArgument, CustomStringConvertible, Equatable {
  let width: Int
  let height: Int

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  init(parsing text: String) throws(ArgumentProblem) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map {
      Self.side($0)
    }
    guard (1...2).contains(sides.count), let width = sides[0], let height = sides[sides.count - 1] else {
      throw ArgumentProblem("'\(text)' is no size; write width and height in pixels, as in 768x512")
    }
    guard width > 0, height > 0 else { throw ArgumentProblem("a side must be 1 pixel or more") }
    let longest = PNGCodec.largestSide
    guard width <= longest, height <= longest else {
      throw ArgumentProblem(
        "a side is longer than \(longest) pixels, which PNG files are read and written up to")
    }
    guard width * height <= PNGCodec.largestPixelCount else {
      throw ArgumentProblem(
        "\(width)x\(height) are more than \(PNGCodec.largestPixelCount) pixels, which PNG files are read and written "
          + "up to")
    }
    self.init(width: width, height: height)
  }

  /// Longer than any side where the number is.
  private static func side(_ text: Substring) -> Int? {
    Int(text) ?? (!text.isEmpty && text.allSatisfy { "0"..."9" ~= $0 } ? .max : nil)
  }

  var description: String { "\(width)x\(height)" }
}

/// Where a picture begins in a larger one, in pixels from its left and from its top, written `64,0`.
struct PictureCorner: ExplainedArgument {
  let left: Int
  let top: Int

  init(parsing text: String) throws(ArgumentProblem) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let left = parts[0], let top = parts[1], left >= 0, top >= 0 else {
      throw ArgumentProblem(
        "'\(text)' is no corner; write how many pixels are cut off from the left and from the top, as in 64,0"
      )
    }
    (self.left, self.top) = (left, top)
  }
}

/// An amount of memory, written `8GiB`, `8G`, `500MiB` or in bytes; all units are powers of two.
struct MemorySize: ExplainedArgument {
  let bytes: Int

  private static let shifts = [
    "": 0, "B": 0, "K": 10, "KIB": 10, "M": 20, "MIB": 20, "G": 30, "GIB": 30, "T": 40, "TIB": 40,
  ]
  /// A PiB.
  private static let largest = 1 << 50

  init(parsing text: String) throws(ArgumentProblem) {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).drop(while: \.isWhitespace).uppercased()
    guard let value = Double(number), let shift = Self.shifts[unit] else {
      throw ArgumentProblem("write a number and its unit, as in 8GiB or 500MiB")
    }
    let bytes = value * Double(1 << shift)
    guard bytes >= 1, bytes <= Double(Self.largest) else {
      throw ArgumentProblem(
        "that is \(bytes < 1 ? "nothing" : "more memory than any machine has"), as in 8GiB")
    }
    self.bytes = Int(bytes)
  }
}

/// Values between commas, as in `0,0.3,0.5`.
struct CommaSeparated<Value: ExplainedArgument>: ExplainedArgument, CustomStringConvertible {
  let values: [Value]

  init(_ values: [Value]) { self.values = values }

  init(parsing text: String) throws(ArgumentProblem) {
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.trimming(while: \.isWhitespace))
    }
    // A list that ends with a comma can mean one thing only.
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    guard !parts.contains("") else {
      throw ArgumentProblem(
        text.isEmpty ? "no value is given" : "between two commas, or before the first, is no value")
    }
    values = try parts.map { part throws(ArgumentProblem) in try Value(parsing: part) }
  }

  var description: String {
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
