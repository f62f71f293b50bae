import ArgumentParser
import Pictures

/// A value that says what is wrong with a text that is none.
protocol ExplainedArgument: Sendable {
  init(parsing text: String) throws(ArgumentProblem)
}

/// What is wrong with the value of an option: as it follows a colon.
struct ArgumentProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension Option {
  init(wrappedValue: Value, help: ArgumentHelp) where Value: ExplainedArgument & CustomStringConvertible {
    var help = help
    help.abstract += " (default: \(wrappedValue))"
    self.init(wrappedValue: wrappedValue, help: help, transform: Value.init(parsing:))
  }

  init<Argument: ExplainedArgument>(help: ArgumentHelp) where Value == Argument? {
    self.init(help: help, transform: Argument.init(parsing:))
  }
}

extension Int: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let value = Int(text) else { throw .notANumber(text, "whole number", as: "1,2,4") }
    self = value
  }
}

extension Double: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let value = Double(text) else { throw .notANumber(text, "number", as: "0,0.1,0.2") }
    self = value
  }
}

extension ArgumentProblem {
  fileprivate static func notANumber(_ text: String, _ kind: String, as list: String) -> ArgumentProblem {
    if text.hasSuffix("%"), let percent = Double(text.dropLast()) {
      return ArgumentProblem("'\(text)' is written as a share of one, as in \(percent / 100)")
    }
    if text.contains(":") || text.contains("..") || text.dropFirst().contains("-"),
      text.contains(where: \.isNumber)
    {
      return ArgumentProblem(
        "'\(text)' looks like a range; write its values with commas between them, as in \(list)")
    }
    return ArgumentProblem("'\(text)' is no \(kind)")
  }

  /// Of a word that is none of a few.
  static func unknown(_ text: String, known: [String]) -> ArgumentProblem {
    ArgumentProblem("'\(text)' is none of \(known.joined(separator: ", "))")
  }
}

extension Seed: ExplainedArgument {
  /// - Throws: of a negative number, for which the web UI draws one and torch takes another, which that would be.
  init(parsing text: String) throws(ArgumentProblem) {
    if let seed = Seed(text) {
      self = seed
      return
    }
    let isWhole = !text.isEmpty && text.drop { $0 == "-" }.allSatisfy { "0"..."9" ~= $0 }
    guard isWhole else { throw ArgumentProblem.notANumber(text, "whole number", as: "0,1,2") }
    let equal = Int64(text).map { "; torch takes it as \(Seed(likeTorch: $0))" } ?? ""
    throw ArgumentProblem(
      "seed \(text) is out of range; it must be 0 or more, and at most \(UInt64.max)\(equal)")
  }
}
