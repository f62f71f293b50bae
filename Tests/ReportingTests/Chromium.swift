import Foundation

/// A headless Chromium: opens a page and tells what became of it.
enum Chromium {
  /// Debian's and Ubuntu's package `chromium` puts it there.
  static let binary: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return ["chromium", "chromium-browser", "google-chrome"].lazy
      .flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  struct Missing: Error {}

  /// The document after its scripts have run, and what they wrote to the console.
  static func open(_ url: String, profile: URL) throws -> (document: String, console: [String]) {
    guard let binary else { throw Missing() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
      "--user-data-dir=\(profile.path)", "--virtual-time-budget=5000", "--dump-dom", url,
    ]
    let output = profile.appendingPathExtension("html")
    let log = profile.appendingPathExtension("log")
    for file in [output, log] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    process.waitUntilExit()
    let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map(String.init)
    return (try String(contentsOf: output, encoding: .utf8), lines.filter { $0.contains("CONSOLE") })
  }
}
