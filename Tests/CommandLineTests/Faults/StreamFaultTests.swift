import Foundation
import ReferenceFixtures
import Testing

#if os(Linux)
  /// Streams that are closed or take nothing, as a service, a full disk or a script may leave them: nothing is lost, and
  /// what cannot be said is said by the exit code.
  @Suite struct StreamFaultTests {
    let folder: TemporaryFolder
    let run: FaultedRun

    init() throws {
      folder = try TemporaryFolder()
      run = FaultedRun(folder.url.appendingPathComponent("run"))
    }

    enum Command: String, CaseIterable {
      case sweep, compare, comparison = "compare as JSON", report

      func arguments(_ run: FaultedRun) -> [String] {
        switch self {
        case .sweep: run.sweep
        case .compare: ["compare", "--output", run.folder.path]
        case .comparison: ["compare", "--output", run.folder.path, "--json"]
        case .report: run.report
        }
      }
    }

    /// As a shell writes them, with why results do not get out; nil where they do.
    private static let faults: [(redirections: String, reason: String?)] = [
      ("<&-", nil), ("2>&-", nil), ("2>/dev/full", nil), ("<&- 2>&-", nil),
      (">&-", "Bad file descriptor"), (">/dev/full", "No space left"), ("<&- >&-", "Bad file descriptor"),
      (">&- 2>&-", "Bad file descriptor"), (">/dev/full 2>/dev/full", "No space left"),
      ("<&- >&- 2>&-", "Bad file descriptor"),
    ]

    @Test(.timeLimit(.minutes(10)), arguments: Command.allCases)
    func `a command whose streams take nothing loses nothing`(command: Command) throws {
      try run.finish(run.sweep)
      let undisturbed = try run.state()
      for (redirections, reason) in Self.faults {
        switch command {
        case .sweep: try FileManager.default.removeItem(at: run.folder)
        case .report: try run.forgetReport()
        case .compare, .comparison: break
        }
        let result = try Tool.run(command.arguments(run), redirections: redirections)
        #expect(result.status == (reason == nil ? 0 : 2), "\(redirections): \(result)")
        if let reason, !redirections.contains("2>") {
          #expect(result.errors.contains("standard output: cannot be written: \(reason)"), "\(redirections)")
        }
        try run.expectNothingPromisedIsLost()
        #expect(try run.state() == undisturbed, "\(redirections)")
      }
      // All of it is still of use.
      #expect(try Tool.run(run.sweep + ["--json"]).json()["reused"] as? Int == 8)
    }
  }
#endif
