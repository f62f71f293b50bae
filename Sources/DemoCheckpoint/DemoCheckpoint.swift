public import Foundation

/// The small Stable Diffusion checkpoint that travels with the program.
public enum DemoCheckpoint {
  /// The checkpoint's folder, found from where the program lies, whatever links it was called by: beside it, as a build
  /// puts it, or in `../share/tome-eval`, as an installation has it.
  ///
  /// Folder and program can be moved together. The generated `Bundle.module` would also look where the program was
  /// built, and end the process where nothing is found.
  public static func folder() throws(DemoCheckpointError) -> URL {
    let candidates = programFolders.flatMap(candidates)
    guard let found = candidates.first(where: isCheckpoint) else {
      throw DemoCheckpointError(searched: candidates.map(\.path))
    }
    return found
  }

  private static var programFolders: [URL] {
    let program = Bundle.main.executableURL ?? Bundle.main.bundleURL
    var programs = [program]
    #if canImport(Darwin)
      // There tests are a bundle that a program of the toolchain loads.
      programs.append(Bundle(for: Marker.self).bundleURL)
    #endif
    return programs.map { $0.resolvingSymlinksInPath().deletingLastPathComponent() }
  }

  private static func candidates(from folder: URL) -> [URL] {
    // A bundle of macOS may have its resources deeper inside.
    let besideProgram = ["resources", "bundle", "bundle/Contents/Resources"].map { bundle in
      folder.appendingPathComponent("tome-eval_DemoCheckpoint.\(bundle)/checkpoint")
    }
    let installed = folder.deletingLastPathComponent().appendingPathComponent("share/tome-eval/checkpoint")
    return besideProgram + [installed]
  }

  private static func isCheckpoint(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("model_index.json").path)
  }

  #if canImport(Darwin)
    private final class Marker {}
  #endif
}

/// The demonstration checkpoint is in none of the places it is looked for.
public struct DemoCheckpointError: Error, Equatable, CustomStringConvertible {
  public let searched: [String]

  public var description: String {
    "the demonstration model is missing, looked for in \(searched.joined(separator: ", "))"
  }
}
