public import Foundation

/// The small Stable Diffusion checkpoint that travels with the program.
public enum DemoCheckpoint {
  /// The checkpoint's folder: beside the program, as the build puts it, or where an
  /// installation or the source tree has it.
  ///
  /// The generated `Bundle.module` would end the process where none of these exists.
  public static func folder() throws(DemoCheckpointError) -> URL {
    let candidates = candidates
    guard let found = candidates.first(where: isCheckpoint) else {
      throw DemoCheckpointError(searched: candidates.map(\.path))
    }
    return found
  }

  private static var candidates: [URL] {
    let program = (Bundle.main.executableURL ?? Bundle.main.bundleURL).resolvingSymlinksInPath()
    let folder = program.deletingLastPathComponent()
    let besideProgram = ["resources", "bundle"].map { suffix in
      folder.appendingPathComponent("tome-eval_DemoCheckpoint.\(suffix)/checkpoint")
    }
    let installed = folder.deletingLastPathComponent().appendingPathComponent("share/tome-eval/checkpoint")
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("checkpoint")
    return besideProgram + [installed, sources]
  }

  private static func isCheckpoint(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("model_index.json").path)
  }
}

/// The demonstration checkpoint is in none of the places it is looked for.
public struct DemoCheckpointError: Error, Equatable, CustomStringConvertible {
  public let searched: [String]

  public var description: String {
    "the demonstration model is missing, looked for in \(searched.joined(separator: ", "))"
  }
}
