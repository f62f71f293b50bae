import ArgumentParser
import Foundation
import Wording

/// What was probably meant by an argument that no command takes: the parser knows such only for options.
enum MistakenArgument {
  /// - Parameters:
  ///   - message: what is said of the error, which may be any
  ///   - arguments: the command line's
  /// - Returns: the message, with a question at the end of its first line where something is near
  static func hinted(_ message: String, _ arguments: [String]) -> String {
    let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard lines[0].contains("nexpected argument"), let meant = meant(arguments, refused: lines[0]) else {
      return message
    }
    return ([lines[0] + ". Did you mean '\(meant)'?"] + lines.dropFirst()).joined(separator: "\n")
  }

  private static func meant(_ arguments: [String], refused sentence: String) -> String? {
    var command: any ParsableCommand.Type = TomeEval.self
    var rest = arguments[...]
    while let next = command.configuration.subcommands.first(where: {
      $0.configuration.commandName == rest.first
    }) {
      command = next
      rest.removeFirst()
    }
    // Key paths from a type's value end the compiler (Swift 6.3).
    let shown = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    let names = shown.compactMap { $0.configuration.commandName }
    if !names.isEmpty { return rest.first.flatMap { Suggestion.nearest(to: $0, among: names) } }
    guard command.helpMessage().contains("--output <dir>") else { return nil }
    let folder = rest.first { word in
      var isFolder: ObjCBool = false
      return sentence.contains("'\(word)'")
        && FileManager.default.fileExists(atPath: word, isDirectory: &isFolder) && isFolder.boolValue
    }
    return folder.map { "--output \($0)" }
  }
}
