import Foundation
import Testing

/// What stands on the libraries' pages is what the tests of this folder compile and run.
///
/// A page of `Sources/NAME/NAME.docc` has its examples in `NAMEPageTests.swift`, each between a line with the page's file
/// and one that says `end`, indented as the tests' bodies are. This target has no access to what is for the package
/// alone, so that an example can only use what another package can.
@Suite struct PageTests {
  @Test(arguments: ["StableDiffusion", "TokenMerging", "Checkpoints", "Metrics", "Statistics"])
  func `have no code but what is tested`(library: String) throws {
    let tests = try Tests(of: library)
    let pages = try Page.all(of: library)
    #expect(pages.count > 1 && pages.contains { $0.file == "\(library).md" })
    #expect(Set(tests.examples.keys) == Set(pages.filter { !$0.examples.isEmpty }.map(\.file)))
    for page in pages {
      #expect(page.examples == tests.examples[page.file] ?? [], "\(page.file)")
    }
    // What the examples need is imported on their pages, and nothing else.
    #expect(Set(pages.flatMap(\.imports)) == tests.imports)
  }

  @Test(arguments: ["StableDiffusion", "TokenMerging", "Checkpoints", "Metrics", "Statistics"])
  func `lead from a library's first page to its others`(library: String) throws {
    let pages = try Page.all(of: library)
    let first = try #require(pages.first { $0.file == "\(library).md" })
    for page in pages where page.file != first.file {
      let name = page.file.dropLast(".md".count)
      #expect(first.text.contains("- <doc:\(name)>"), "\(page.file)")
    }
  }
}

/// A page of documentation.
private struct Page {
  let file: String
  let text: String
  /// The lines of code that only import.
  let imports: Set<String>
  /// The other blocks of code.
  let examples: [String]

  static func all(of library: String) throws -> [Page] {
    let folder = root.appendingPathComponent("Sources/\(library)/\(library).docc")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".md") }.sorted()
      .map { try Page(folder.appendingPathComponent($0)) }
  }

  private init(_ url: URL) throws {
    file = url.lastPathComponent
    text = try String(contentsOf: url, encoding: .utf8)
    var blocks: [[Substring]] = []
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isCode = line == "```swift"
        if isCode { blocks.append([]) }
      } else if isCode {
        blocks[blocks.count - 1].append(line)
      }
    }
    let lists = blocks.filter { $0.allSatisfy { $0.hasPrefix("import ") } }
    imports = Set(lists.joined().map(String.init))
    examples = blocks.filter { !lists.contains($0) }.map { $0.joined(separator: "\n") }
  }
}

/// The tests of a library's pages.
private struct Tests {
  /// But for those of tests alone.
  let imports: Set<String>
  /// By the file of their page, in their order.
  let examples: [String: [String]]

  init(of library: String) throws {
    let url = root.appendingPathComponent("Tests/LibraryTests/\(library)PageTests.swift")
    let lines = try String(contentsOf: url, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    imports = Set(lines.filter { $0.hasPrefix("import ") }.map(String.init))
      .subtracting(["import DemoCheckpoint", "import Testing"])
    var examples: [String: [String]] = [:]
    var page: String?
    var example: [Substring] = []
    for line in lines {
      if let current = page {
        if line == "    // end" {
          examples[current, default: []].append(example.joined(separator: "\n"))
          page = nil
        } else {
          example.append(line.dropFirst(4))
        }
      } else if line.hasPrefix("    // "), line.hasSuffix(".md") {
        page = String(line.dropFirst("    // ".count))
        example = []
      }
    }
    self.examples = examples
  }
}

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
