import Foundation
import ReferenceFixtures
import Testing

/// A server of `Tests/Fixtures/Workers` that stands for a service, on a port of its own.
final class TestService {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/Workers")
  static var canRun: Bool { FileManager.default.fileExists(atPath: "/usr/bin/python3") }

  struct Request {
    let method: String
    let path: String
    let body: [String: Any]

    /// The body, equal for equal ones.
    var json: Data? { try? JSONSerialization.data(withJSONObject: body, options: .sortedKeys) }
  }

  let url: String
  private let process = Process()
  private let log: URL

  /// Waits until it listens.
  /// - Parameters:
  ///   - script: its name without `.py`
  ///   - mode: how it misbehaves
  ///   - folder: where its log of requests is kept, which servers of the same script add to
  init(_ script: String, _ mode: String, in folder: URL) throws {
    log = folder.appendingPathComponent("\(script)-requests")
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-B", Self.folder.appendingPathComponent("\(script).py").path, mode, log.path]
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var line = Data()
    while line.last != 0x0A {
      let part = output.fileHandleForReading.availableData
      try #require(!part.isEmpty, "\(script).py does not start")
      line += part
    }
    let port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
    url = "http://127.0.0.1:\(port)"
  }

  deinit {
    // Milder signals may be blocked in it, as they are in the thread that started it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// All that was asked for at this path, in its order.
  func requests(_ path: String) throws -> [Request] {
    guard let text = try? String(contentsOf: log, encoding: .utf8) else { return [] }
    return try text.split(separator: "\n").compactMap { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let request = Request(
        method: object["method"] as? String ?? "", path: object["path"] as? String ?? "",
        body: object["body"] as? [String: Any] ?? [:])
      return request.path == path ? request : nil
    }
  }
}
