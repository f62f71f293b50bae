import Checkpoints
public import Foundation

/// The folder in which Hugging Face's tools keep what they have downloaded:
/// `models--org--name/refs/main` holds a commit, and `models--org--name/snapshots/<commit>` that commit's files.
public struct HubCache: Sendable {
  public let root: URL

  /// `$HF_HUB_CACHE`, else `hub` in `$HF_HOME`, which by default is `huggingface` in the user's folder of caches, as
  /// huggingface_hub has it.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func folder(_ name: String) -> URL? {
      environment[name].flatMap { path in
        path.isEmpty ? nil : URL(fileURLWithPath: (path as NSString).expandingTildeInPath, isDirectory: true)
      }
    }
    if let own = folder("HF_HUB_CACHE") ?? folder("HUGGINGFACE_HUB_CACHE") {
      root = own
    } else {
      let caches =
        folder("XDG_CACHE_HOME")
        ?? (folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser).appendingPathComponent(
          ".cache")
      root = (folder("HF_HOME") ?? caches.appendingPathComponent("huggingface")).appendingPathComponent("hub")
    }
  }

  /// The folder of a revision's files.
  /// - Parameter variant: of the weights that the command of an error fetches
  /// - Throws: ``CheckpointError/missingFile(path:hint:)`` with the command that fetches them.
  func snapshot(of name: HubName, variant: String?) throws(CheckpointError) -> URL {
    let command = name.downloadPipeline(variant: variant)
    guard exists(folder(of: name)) else {
      throw .missingFile(
        path: "\(name)",
        hint:
          "nor is there such a model in the Hugging Face cache (\(root.path)); "
          + "to fetch one: \(command)")
    }
    guard let found = snapshot(of: name) else {
      let others = revisions(of: name)
      throw .missingFile(
        path: "\(name)",
        hint: "the Hugging Face cache (\(root.path)) has no revision \(name.revision ?? "main") of it, "
          + (others.isEmpty ? "nor any other" : "only \(others.joined(separator: ", "))")
          + "; to fetch it: \(command)")
    }
    return found
  }

  /// The same; nil where it is not there.
  func snapshot(of name: HubName) -> URL? {
    let folder = folder(of: name)
    let revision = name.revision ?? "main"
    let snapshots = folder.appendingPathComponent("snapshots")
    let reference = try? String(
      contentsOf: folder.appendingPathComponent("refs/\(revision)"), encoding: .utf8)
    let commit = reference?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    if !commit.isEmpty, commit.allSatisfy(\.isHexDigit) {
      let place = snapshots.appendingPathComponent(commit)
      return exists(place) ? place : nil
    }
    // A commit may be given by its beginning, as git takes it.
    let commits = names(in: snapshots).filter {
      $0.hasPrefix(revision) && revision.count >= 7 || $0 == revision
    }
    return commits.count == 1 ? snapshots.appendingPathComponent(commits[0]) : nil
  }

  private func folder(of name: HubName) -> URL { root.appendingPathComponent(name.folder) }

  /// Those whose files are there.
  private func revisions(of name: HubName) -> [String] {
    ["refs", "snapshots"].flatMap { names(in: folder(of: name).appendingPathComponent($0)) }.filter {
      revision in
      HubName("\(name.repository)@\(revision)").flatMap(snapshot) != nil
    }
  }

  private func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  private func exists(_ folder: URL) -> Bool { FileManager.default.fileExists(atPath: folder.path) }
}
