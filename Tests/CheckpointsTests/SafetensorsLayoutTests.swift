import Checkpoints
import Foundation
import ReferenceFixtures
import Testing

/// Every byte after the header belongs to exactly one tensor and every name stands once, as the reference's reader
/// demands.
@Suite struct SafetensorsLayoutTests {
  private let folder: TemporaryFolder
  private let url: URL

  init() throws {
    folder = try TemporaryFolder()
    url = folder.url.appendingPathComponent("model.safetensors")
  }

  private func open(_ header: String, dataBytes: Int) throws -> SafetensorsFile {
    let prefix = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    try Data(prefix + Array(header.utf8) + [UInt8](repeating: 0, count: dataBytes)).write(to: url)
    return try SafetensorsFile(url)
  }

  private static func tensor(_ name: String, _ offsets: Range<Int>, more: String = "") -> String {
    let (start, end) = (offsets.lowerBound, offsets.upperBound)
    return
      #""\#(name)": {"dtype": "U8", "shape": [\#(end - start)], "data_offsets": [\#(start), \#(end)]\#(more)}"#
  }

  @Test(arguments: [
    ([tensor("a", 0..<4), tensor("b", 4..<8)], 9, "1 bytes after the last tensor"),
    ([tensor("a", 0..<4), tensor("b", 5..<8)], 8, "1 bytes before tensor 'b'"),
    ([tensor("a", 2..<8)], 8, "2 bytes before tensor 'a'"),
    ([tensor("a", 0..<5), tensor("b", 4..<8)], 8, "tensor 'b' overlaps"),
    ([tensor("a", 0..<4), tensor("b", 0..<4)], 4, "tensor 'b' overlaps"),
    ([tensor("a", 0..<8), tensor("b", 2..<2)], 8, "tensor 'b' overlaps"),
    ([], 3, "3 bytes after the last tensor"),
    ([tensor("a", 0..<4), tensor("a", 0..<4)], 4, "there twice"),
    ([tensor("a", 0..<4), tensor(#"\u0061"#, 4..<8)], 8, "there twice"),
    ([tensor("a", 0..<4, more: #", "dtype": "I8""#)], 4, "there twice"),
    ([#""__metadata__": {"x": "1", "x": "2"}"#, tensor("a", 0..<4)], 4, "there twice"),
    ([#""__metadata__": {"x": 1}"#, tensor("a", 0..<4)], 4, "something else than texts"),
    ([#""__metadata__": ["x"]"#, tensor("a", 0..<4)], 4, "something else than texts"),
  ])
  func `what the reference refuses is refused`(members: [String], dataBytes: Int, reason: String) throws {
    let error = try #require(throws: CheckpointError.self) {
      try open("{\(members.joined(separator: ", "))}", dataBytes: dataBytes)
    }
    guard case .malformedHeader(url.path, let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(found.contains(reason))
  }

  @Test func `order, empty tensors, nested members and spaces are free`() throws {
    let file = try open(
      "{\(Self.tensor("b", 4..<8)), \(Self.tensor("a:{\\\"", 0..<4)), \(Self.tensor("none", 4..<4)), "
        + "\"__metadata__\": {\"format\": \"pt\", \"a\": \"b:{\"}}   ", dataBytes: 8)
    #expect(Set(file.keys) == ["a:{\"", "b", "none"])
    #expect(file.metadata == ["format": "pt", "a": "b:{"])
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
    ("<!DOCTYPE html>\n<html><head></head></html>", "a web page"), ("\n  <html lang=\"en\">", "a web page"),
    ("PK\u{3}\u{4}\u{14}\u{0}\u{8}\u{8} archive/data.pkl", "weights_only=True"),
  ])
  func `what took the file's place is called by its name`(contents: String, advice: String) throws {
    try Data(contents.utf8).write(to: url)
    for read in [{ _ = try SafetensorsFile(url) }, { _ = try fields() }] as [() throws -> Void] {
      let error = try #require(throws: CheckpointError.self) { try read() }
      guard case .mistaken(url.path, _, _) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(error.description.contains(advice))
    }
  }

  /// The file read as a configuration.
  private func fields() throws -> ConfigurationFields {
    try ModelDirectory(folder.url).fields(of: url.lastPathComponent)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["pipe", "folder", "/dev/zero", "/dev/null"])
  func `what cannot be read to its end is refused at once`(kind: String) throws {
    switch kind {
    case "pipe": #expect(mkfifo(url.path, 0o600) == 0)
    case "folder": try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    default: try FileManager.default.createSymbolicLink(atPath: url.path, withDestinationPath: kind)
    }
    let what = kind.hasPrefix("/dev") ? "it is a device, not a file" : "it is a \(kind), not a file"
    for read in [{ _ = try SafetensorsFile(url) }, { _ = try fields() }] as [() throws -> Void] {
      #expect(throws: CheckpointError.unreadable(path: url.path, reason: what)) { try read() }
    }
  }

  @Test func `a configuration of gigabytes is not read`() throws {
    #expect(FileManager.default.createFile(atPath: url.path, contents: nil))
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: 1 << 33)
    try handle.close()
    let error = #expect(throws: CheckpointError.self) { try fields() }
    #expect(error?.description.contains("at most 67108864") == true)
  }
}
