import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Files whose header does not tell the truth: each is refused with the file's name and what is wrong.
@Suite struct SafetensorsFileTests {
  private let folder: TemporaryFolder
  private let url: URL

  init() throws {
    folder = try TemporaryFolder()
    url = folder.url.appendingPathComponent("model.safetensors")
  }

  private func write(header: String, data: [UInt8] = [], length: UInt64? = nil) throws {
    let text = Array(header.utf8)
    let prefix = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian, Array.init)
    try Data(prefix + text + data).write(to: url)
  }

  private func error() throws -> CheckpointError {
    let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(url) }
    #expect("\(error)".hasPrefix(url.path))
    return error
  }

  @Test func `a file cut at any length is refused`() throws {
    try SafetensorsWriter.write(
      [("a", Tensor([1, 2, 3], shape: [3])), ("b", Tensor([4], shape: [1]))], type: .f32, to: url)
    let whole = try Data(contentsOf: url)
    for length in 0..<whole.count {
      try whole.prefix(length).write(to: url)
      guard case .truncated(_, let expected, let found) = try error() else {
        Issue.record("cut at \(length) of \(whole.count) bytes: not called truncated")
        return
      }
      #expect(found == length && expected > length)
      // Once the header is there, the whole file's length is known.
      let header = 8 + Int(whole[0]) + 256 * Int(whole[1])
      if length >= header { #expect(expected == whole.count) }
    }
  }

  @Test(arguments: [
    ("not json at all", "not JSON"), ("[1, 2]", "not a JSON object"),
    (#"{"a": {"dtype": "F32", "shape": [2]}}"#, "lacks dtype, shape or data_offsets"),
    (
      #"{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}"#, "lacks dtype, shape or data_offsets"
    ),
    (#"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#, "lacks dtype, shape or data_offsets"),
    (#"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}"#, "needs 12 bytes"),
    (
      #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 8]}}"#,
      "impossible shape"
    ),
    (
      #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [9223372036854775799, 9223372036854775807]}}"#,
      "impossible offset"
    ),
  ])
  func `a header that lies is named`(header: String, reason: String) throws {
    try write(header: header, data: [UInt8](repeating: 0, count: 8))
    guard case .malformedHeader(_, let found) = try error() else {
      Issue.record("not called malformed")
      return
    }
    #expect(found.contains(reason))
  }

  @Test func `a header longer than the file, or absurdly long, is refused`() throws {
    try write(header: "{}", length: 5000)
    guard case .truncated = try error() else {
      Issue.record("5000 bytes: not called truncated")
      return
    }
    try write(header: "{}", length: .max)
    guard case .malformedHeader = try error() else {
      Issue.record("2⁶⁴ bytes: not called malformed")
      return
    }
  }

  @Test func `an unknown element type names the tensor and the type`() throws {
    try write(
      header: #"{"weight": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}"#, data: [0, 0])
    #expect(try error() == .unsupportedType(path: url.path, key: "weight", type: "F8_E4M3"))
  }

  @Test func `whole numbers are no weights`() throws {
    try write(
      header: #"{"ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}"#,
      data: [UInt8](repeating: 0, count: 8))
    let file = try SafetensorsFile(url)
    #expect(throws: CheckpointError.unsupportedType(path: url.path, key: "ids", type: "I64")) {
      try file.tensor("ids")
    }
  }

  @Test func `a missing file and a folder are told apart`() throws {
    guard case .missingFile = try error() else {
      Issue.record("not called missing")
      return
    }
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    guard case .unreadable = try error() else {
      Issue.record("a folder is not called unreadable")
      return
    }
  }
}
