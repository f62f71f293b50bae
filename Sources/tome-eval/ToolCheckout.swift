import Files
import Foundation

/// The Git checkout that the running program was built in, where it still lies there.
enum ToolCheckout {
  /// The commit that is checked out now, in full; nil when the program was installed elsewhere.
  static var commit: String? {
    guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
    var folder = program.deletingLastPathComponent()
    while folder.path != "/" {
      let manager = FileManager.default
      if manager.fileExists(atPath: folder.appendingPathComponent("Sources/tome-eval").path),
        manager.fileExists(atPath: folder.appendingPathComponent(".git").path)
      {
        return head(of: folder)
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  static func head(of checkout: URL) -> String? {
    let git = gitFolder(of: checkout)
    guard let head = text(git.appendingPathComponent("HEAD")) else { return nil }
    guard head.hasPrefix("ref: ") else { return commit(head) }
    let reference = String(head.dropFirst(5))
    // A worktree shares its branches with the repository that it belongs to.
    let common = text(git.appendingPathComponent("commondir")).map {
      URL(fileURLWithPath: $0, relativeTo: git)
    }
    for folder in [git, common].compactMap(\.self) {
      if let own = text(folder.appendingPathComponent(reference)).flatMap(commit) { return own }
      let packed = text(folder.appendingPathComponent("packed-refs")) ?? ""
      let line = packed.split(separator: "\n").first { $0.hasSuffix(" " + reference) }
      if let own = line.flatMap({ commit(String($0.prefix { $0 != " " })) }) { return own }
    }
    return nil
  }

  private static func gitFolder(of checkout: URL) -> URL {
    let git = checkout.appendingPathComponent(".git")
    guard let link = text(git), link.hasPrefix("gitdir: ") else { return git }
    return URL(fileURLWithPath: String(link.dropFirst(8)), relativeTo: checkout)
  }

  private static func commit(_ text: String) -> String? {
    text.count >= 40 && text.allSatisfy(\.isHexDigit) ? text : nil
  }

  /// In bytes; Git packs a hundred thousand names into less.
  private static let largestFile = 16 << 20

  private static func text(_ url: URL) -> String? {
    guard let data = try? RegularFile.contents(url.path, limit: largestFile) else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
