import Foundation
import Testing

/// Every input that is kept of a target's fuzzing, read as the fuzzer reads it.
@Suite struct CorpusTests {
  static let targets: [FuzzTarget] = [
    .safetensors, .configurations, .tokenizers, .prompts, .png, .infotext, .gates, .rows, .votes,
  ]

  /// Beside this file; a file a target, an input a line in Base64.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("corpora")

  @Test(arguments: targets) func `every kept input is read or refused`(target: FuzzTarget) throws {
    let read = try target.reader()
    let corpus = try String(contentsOf: Self.folder.appendingPathComponent(target.name), encoding: .utf8)
    let lines = corpus.split(separator: "\n")
    #expect(lines.count > 10)
    for line in lines {
      let input = try #require(Data(base64Encoded: String(line)), "\(line)")
      #expect(throws: Never.self, "\(line)") { try input.withUnsafeBytes(read) }
    }
  }

  @Test func `every corpus has a target`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(names.sorted() == Self.targets.map(\.name).sorted())
  }
}

extension FuzzTarget: CustomTestStringConvertible {
  var testDescription: String { name }
}
