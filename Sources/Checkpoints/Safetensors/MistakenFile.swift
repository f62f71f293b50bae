/// What a download, a copy or another program left in place of a model's file.
enum MistakenFile: CaseIterable {
  case lfsPointer
  case webPage
  /// What torch.save writes, today in a ZIP archive.
  case pickle
  case gguf

  /// What `bytes` begin as, where they are not what their name says; nil when that is anybody's guess.
  init?(_ bytes: some Sequence<UInt8>) {
    let start = Array(bytes.prefix(128))
    // A pickle's protocol, as its first opcode says it; a safetensors file begins with the number of bytes of its
    // header, whose upper half is zero.
    if start.count >= 8, start[0] == 0x80, 2...5 ~= start[1], start[4..<8].contains(where: { $0 != 0 }) {
      self = .pickle
      return
    }
    let visible = start.drop { [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    let text = String(decoding: visible, as: UTF8.self).lowercased()
    guard let kind = Self.allCases.first(where: { $0.beginnings.contains(where: text.hasPrefix) }) else {
      return nil
    }
    self = kind
  }

  /// Whether a file of that name is one that torch.save writes.
  static func isPickle(_ name: String) -> Bool {
    [".bin", ".ckpt", ".pt", ".pth", ".pkl", ".bin.index.json"].contains(where: name.lowercased().hasSuffix)
  }

  /// In lower case.
  private var beginnings: [String] {
    switch self {
    case .lfsPointer: ["version https://git-lfs"]
    case .webPage: ["<!doctype html", "<html", "<head", "<?xml"]
    case .pickle: ["pk\u{3}\u{4}"]
    case .gguf: ["gguf"]
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
    case .pickle:
      .mistaken(
        path: path, what: "a pickle, as torch.save writes, and loading one may run any code",
        advice: PickleConversion.advice(path))
    case .gguf:
      .mistaken(
        path: path, what: "a GGUF file of quantized weights", advice: "pass the model as safetensors in F16")
    }
  }
}
