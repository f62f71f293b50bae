/// What a download or a copy left in place of a model's file.
enum MistakenFile: CaseIterable {
  case lfsPointer
  case webPage
  case archive

  /// What `bytes` begin as, where they are not what their name says; nil when that is anybody's guess.
  init?(_ bytes: some Sequence<UInt8>) {
    let start = Array(bytes.prefix(128)).drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    let text = String(decoding: start, as: UTF8.self).lowercased()
    guard let kind = Self.allCases.first(where: { $0.beginnings.contains(where: text.hasPrefix) }) else {
      return nil
    }
    self = kind
  }

  /// In lower case.
  private var beginnings: [String] {
    switch self {
    case .lfsPointer: ["version https://git-lfs"]
    case .webPage: ["<!doctype html", "<html", "<head", "<?xml"]
    case .archive: ["pk\u{3}\u{4}"]
    }
  }

  func error(path: String) -> CheckpointError {
    switch self {
    case .lfsPointer:
      .mistaken(
        path: path, what: "a Git LFS pointer, which only names the file",
        advice: "run `git lfs pull` where it was cloned")
    case .webPage:
      .mistaken(
        path: path, what: "a web page", advice: "download the file itself, not the page that shows it")
    case .archive:
      .mistaken(
        path: path, what: "a ZIP archive, as torch.save writes",
        advice: "save the model again with safe_serialization=True")
    }
  }
}
