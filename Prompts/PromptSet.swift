import Files
import Foundation

/// One prompt of a set and where it comes from.
public struct Prompt: Hashable, Sendable, Codable {
  /// The row in the published Parti Prompts file, or the line in the user's file;
  /// both count from 1, and a header is not counted.
  public let row: Int
  /// Without outer white space: the tokenizer would drop it anyway.
  public let text: String
  public let category: String?
  public let challenge: String?
  /// `mini` or `full`, for the bundled prompts.
  public let subset: String?

  public init(
    row: Int, text: String, category: String? = nil, challenge: String? = nil, subset: String? = nil
  ) {
    self.row = row
    self.text = text
    self.category = category
    self.challenge = challenge
    self.subset = subset
  }
}

/// The prompts of a sweep, in the order of their file.
public struct PromptSet: Hashable, Sendable {
  /// `mini`, `full` or the path of the file.
  public let name: String
  public let prompts: [Prompt]

  public init(name: String, prompts: [Prompt]) {
    self.name = name
    self.prompts = prompts
  }

  /// The bundled 64 rows of Parti Prompts (`full`), the 40 of them that the
  /// demonstration model has words for (`mini`), or the prompts of a file.
  ///
  /// A file is the published PartiPrompts.tsv, or any TSV with a `Prompt` column in its
  /// header, or plain text with one prompt a line; empty lines are skipped. Standard input, `-`, is read so, too.
  /// - Parameter whenWaiting: done once when a stream sends nothing for a while
  public static func named(
    _ name: String, whenWaiting: () -> Void = {}
  ) throws(PromptSetError) -> PromptSet {
    switch name {
    case "full", "mini":
      let all = try parse(PackageResources.parti_subset_tsv, name: name)
      guard name == "mini" else { return all }
      return PromptSet(name: name, prompts: all.prompts.filter { $0.subset == "mini" })
    default:
      let source = name == InputFile.standardInput ? "standard input" : name
      let bytes: [UInt8]
      do throws(FileProblem) {
        bytes = try InputFile.bytes(name, limit: largestFile, whenWaiting: whenWaiting)
      } catch {
        throw PromptSetError(error, path: source)
      }
      return try parse(bytes, name: source)
    }
  }

  /// In bytes; all of Parti Prompts take 150 KB.
  private static let largestFile = 64 << 20

  /// Every text once, where it first occurs.
  public var distinct: PromptSet {
    var seen: Set<String> = []
    return PromptSet(name: name, prompts: prompts.filter { seen.insert($0.text).inserted })
  }

  /// The first `count` prompts.
  public func prefix(_ count: Int) -> PromptSet {
    PromptSet(name: name, prompts: Array(prompts.prefix(count)))
  }
}
