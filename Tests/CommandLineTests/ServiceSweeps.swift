import Foundation
import ReferenceFixtures
import Testing

/// Sweeps of small pictures that a service with the web UI's API makes, or what stands for it, with a folder of their own.
struct ServiceSweeps {
  /// As `--engine` and the scripts of `Tests/Fixtures/Workers` name them.
  enum Engine: String, CaseIterable {
    case webui, sdnext

    /// As messages name it.
    var title: String {
      switch self {
      case .webui: "the web UI"
      case .sdnext: "SD.Next"
      }
    }
  }

  static let pictures = "/sdapi/v1/txt2img"

  let engine: Engine
  private let folder: TemporaryFolder
  var run: String { folder.url.appendingPathComponent("run").path }

  init(_ engine: Engine) throws {
    self.engine = engine
    folder = try TemporaryFolder()
  }

  /// - Parameter mode: how it misbehaves
  func service(_ mode: String = "good") throws -> TestService {
    try TestService(engine.rawValue, mode, in: folder.url)
  }

  /// The command line of a sweep over these prompts.
  func words(_ service: TestService, _ prompts: [String], _ further: [String]) throws -> [String] {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data(prompts.joined(separator: "\n").utf8).write(to: file)
    return [
      "sweep", "--engine", engine.rawValue, "--url", service.url, "--prompts", file.path, "--steps", "4",
      "--size", "64x48", "--no-checks", "--output", run,
    ] + further
  }

  func sweep(_ service: TestService, _ prompts: [String], _ further: String...) throws -> Tool.Result {
    // It ends with the object.
    try withExtendedLifetime(service) { try Tool.run(words(service, prompts, further)) }
  }

  /// - Parameter mode: of the service that is asked
  func doctor(_ mode: String) throws -> Tool.Result {
    let service = try service(mode)
    return try withExtendedLifetime(service) {
      try Tool.run(
        "doctor", "--engine", engine.rawValue, "--url", service.url, "--size", "64x48", "--output", run)
    }
  }

  /// That nothing is begun which would not be what was asked for.
  func expectRefused(_ service: TestService, _ further: [String], _ message: String) throws {
    let result = try Tool.run(words(service, ["a cube"], further))
    #expect(result.status == 2 && result.errors.contains(message), "\(result)")
    #expect(!result.errors.contains("secret"))
    #expect(try service.requests(Self.pictures).isEmpty)
  }
}
