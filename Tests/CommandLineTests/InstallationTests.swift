import DemoCheckpoint
import Foundation
import ReferenceFixtures
import Testing

/// The program where an installation has it, far from where it was built.
@Suite struct InstallationTests {
  let folder: TemporaryFolder
  private let program: URL

  init() throws {
    folder = try TemporaryFolder()
    program = folder.url.appendingPathComponent("prefix/bin/tome-eval")
    try FileManager.default.createDirectory(
      at: program.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: Tool.url, to: program)
  }

  /// What `doctor` says of a subject.
  private func finding(_ subject: String, by program: URL, status: Int32) throws -> String {
    let result = try Tool.run(
      ["doctor", "--no-time", "--json"], in: folder.url, launcher: .program(program.path))
    #expect(result.status == status, "\(result.errors)")
    let findings = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    let found = try #require(findings.first { $0["subject"] as? String == subject })
    return try #require(found["detail"] as? String)
  }

  @Test func `finds the model in its prefix, also when it is called by a link`() throws {
    let share = folder.url.appendingPathComponent("prefix/share/tome-eval")
    try FileManager.default.createDirectory(at: share, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: DemoCheckpoint.folder(), to: share.appendingPathComponent("checkpoint"))
    let link = folder.url.appendingPathComponent("link")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: program)
    for called in [program, link] {
      let model = try finding("model", by: called, status: 0)
      #expect(model.contains("/prefix/share/tome-eval/checkpoint: unet "), "\(model)")
    }
    // Both may go elsewhere together.
    let moved = folder.url.appendingPathComponent("moved")
    try FileManager.default.moveItem(at: folder.url.appendingPathComponent("prefix"), to: moved)
    let model = try finding("model", by: moved.appendingPathComponent("bin/tome-eval"), status: 0)
    #expect(model.contains("/moved/share/tome-eval/checkpoint: unet "), "\(model)")
  }

  @Test func `never takes the model from where it was built`() throws {
    let model = try finding("model", by: program, status: 2)
    #expect(model.contains("the demonstration model is missing, looked for in "), "\(model)")
    #expect(model.contains("prefix/share/tome-eval/checkpoint"))
    let built = Tool.url.resolvingSymlinksInPath().deletingLastPathComponent().path
    #expect(!model.contains(built) && !model.contains("Sources/DemoCheckpoint"), "\(model)")
  }
}
