import Foundation
import ReferenceFixtures
import Testing

/// What lies where nobody may write is looked at all the same.
@Suite struct ReadOnlyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func files(_ run: URL) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: run.path)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        (try? Data(contentsOf: run.appendingPathComponent(name))).map { (name, $0) }
      })
  }

  func forbidWriting(_ run: URL) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: run.path)
    for path in names.map({ run.appendingPathComponent($0).path }) + [run.path] {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      try FileManager.default.setAttributes(
        [.posixPermissions: isFolder.boolValue ? 0o555 : 0o444], ofItemAtPath: path)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: [false, true])
  func `a finished or killed run on a read-only medium is compared and reported`(isKilled: Bool) throws {
    let launcher = getuid() == 0 ? Launcher.nobody : nil
    guard let probe = try? Tool.run(["--version"], launcher: launcher), probe.status == 0 else {
      print("not tested: the program cannot be run as a user who may not write, from \(Tool.url.path)")
      return
    }
    let run = FaultedRun(folder.url.appendingPathComponent("run"))
    if isKilled {
      let images = run.folder.appendingPathComponent("images").path
      let tool = try Tool.start(run.sweep + ["--steps", "8"])
      while tool.isRunning, ((try? FileManager.default.contentsOfDirectory(atPath: images)) ?? []).count < 4 {
        Thread.sleep(forTimeInterval: 0.005)
      }
      tool.send(SIGKILL)
      #expect(try tool.finish().status == 128 + SIGKILL)
    } else {
      try run.finish(run.sweep)
    }
    let before = try files(run.folder)
    try forbidWriting(run.folder)
    let page = folder.url.appendingPathComponent("page")
    try FileManager.default.createDirectory(at: page, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: page.path)

    let compared = try Tool.run(["compare", "--output", run.folder.path], launcher: launcher)
    #expect(compared.status == (isKilled ? 3 : 0), "\(compared.errors)")
    let reported = try Tool.run(run.report + ["--to", page.path], launcher: launcher)
    #expect(reported.status == 0 || isKilled && reported.status == 3, "\(reported.errors)")
    #expect(FileManager.default.fileExists(atPath: page.appendingPathComponent("index.html").path))
    // Where the page has no place, that is said.
    let refused = try Tool.run(run.report, launcher: launcher)
    #expect(refused.status == 2 && refused.errors.contains(run.folder.path), "\(refused.errors)")
    #expect(try files(run.folder) == before)
  }
}
