import DemoCheckpoint
import Foundation
import ReferenceFixtures
import Testing

/// The built program, run as a user runs it.
struct Tool {
  struct Result {
    let status: Int32
    let output: String
    let errors: String

    func json() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }
  }

  /// `tome-eval` in the folder of the built products, where the tests' own binary is.
  static let url: URL = {
    let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" }?.bundleURL
    let tests = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return tests.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("tome-eval")
  }()

  /// Runs to the end.
  static func run(_ arguments: String..., in folder: URL? = nil) throws -> Result {
    try run(arguments, in: folder)
  }

  static func run(_ arguments: [String], in folder: URL? = nil, launcher: Launcher? = nil) throws -> Result {
    let running = try RunningTool(arguments, in: folder, launcher: launcher)
    return try running.finish()
  }

  static func start(_ arguments: [String], in folder: URL? = nil) throws -> RunningTool {
    try RunningTool(arguments, in: folder)
  }

  /// Runs to the end with streams as a shell arranges them.
  /// - Parameter redirections: as in `2>&-`; results and messages go where they do otherwise unless they say so
  static func run(
    _ arguments: [String], redirections: String, environment: [String: String] = [:]
  ) throws -> Result {
    try RunningTool(arguments, redirections: redirections, environment: environment).finish()
  }
}

/// What starts the program in other circumstances.
struct Launcher {
  fileprivate let words: [String]

  /// No file may grow beyond so many KiB, which is an error to whoever writes it.
  static func fileSize(_ kilobytes: Int) -> Launcher {
    // dash counts blocks of 512 bytes.
    Launcher(words: ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f \(kilobytes * 2); exec \"$@\"", "sh"])
  }

  /// The program as it is installed elsewhere.
  static func program(_ path: String) -> Launcher {
    Launcher(words: ["/bin/sh", "-c", "shift; exec \"$0\" \"$@\"", path])
  }

  /// A user who owns nothing; for root, whom no permission stops.
  static let nobody = Launcher(
    words: ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])
}

/// A started program; its output goes to files, so that no pipe can fill up.
final class RunningTool {
  private let process = Process()
  private let folder: TemporaryFolder
  private var output: URL { folder.url.appendingPathComponent("output") }
  private var errors: URL { folder.url.appendingPathComponent("errors") }

  /// - Parameters:
  ///   - launcher: what starts the program
  ///   - redirections: of the program's streams, as a shell writes them
  ///   - prologue: what that shell does first
  ///   - results: where they go instead of to a file
  init(
    _ arguments: [String], in workingFolder: URL? = nil, launcher: Launcher? = nil,
    redirections: String? = nil, prologue: String = ":", environment: [String: String] = [:],
    results: FileHandle? = nil
  ) throws {
    folder = try TemporaryFolder()
    try Data().write(to: folder.url.appendingPathComponent("output"))
    try Data().write(to: folder.url.appendingPathComponent("errors"))
    let shell = redirections.map { ["/bin/sh", "-c", "\(prologue); exec \"$0\" \"$@\" \($0)"] }
    let words = (launcher?.words ?? []) + (shell ?? []) + [Tool.url.path] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = workingFolder ?? folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["TOME_EVAL_CACHE": folder.url.appendingPathComponent("cache").path].merging(environment) { _, own in
        own
      }
    ) { _, own in own }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try results ?? FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  func finish() throws -> Tool.Result {
    process.waitUntilExit()
    // Killed by a signal: the shell's way of telling it.
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Tool.Result(
      status: status, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

/// A model folder that is the bundled one but for the parts a test changes.
struct AlteredCheckpoint {
  let url: URL
  private let original: URL

  /// Every part is a link to the bundled one.
  init(in folder: URL) throws {
    original = try DemoCheckpoint.folder()
    url = folder.appendingPathComponent("model")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for name in try FileManager.default.contentsOfDirectory(atPath: original.path) {
      try FileManager.default.createSymbolicLink(
        at: url.appendingPathComponent(name), withDestinationURL: original.appendingPathComponent(name))
    }
  }

  func remove(_ part: String) throws {
    try FileManager.default.removeItem(at: url.appendingPathComponent(part))
  }

  /// Replaces a part by a copy of its own, and gives one of its files new contents.
  func alter(_ part: String, _ file: String, _ change: (Data) throws -> Data) throws {
    try remove(part)
    try FileManager.default.copyItem(
      at: original.appendingPathComponent(part), to: url.appendingPathComponent(part))
    let target = url.appendingPathComponent(part).appendingPathComponent(file)
    let changed = try change(Data(contentsOf: target))
    try changed.write(to: target)
  }
}
