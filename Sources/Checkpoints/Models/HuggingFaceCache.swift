import Foundation

/// The folders that Hugging Face's tools keep models in: one a model, `models--a--b`, and in its `snapshots` one a
/// version, which alone is a model's folder as others are.
enum HuggingFaceCache {
  private static let prefix = "models--"
  private static let versions = "snapshots"

  /// Why a folder is none of a model, and where one is; nil for a folder that is none of the cache's.
  static func obstacle(_ url: URL) -> String? {
    if let version = version(in: url) {
      return "a folder of the Hugging Face cache; the model is in its folder \(version)"
    }
    let names = names(in: url)
    if url.lastPathComponent.hasPrefix(prefix) || names?.contains(versions) == true {
      return "a folder of the Hugging Face cache that holds no version of the model; download it again"
    }
    guard let models = names?.filter({ $0.hasPrefix(prefix) }).sorted(), let first = models.first else {
      return nil
    }
    let model =
      models.lazy.compactMap { name in version(in: url.appendingPathComponent(name)).map { "\(name)/\($0)" } }
      .first ?? first
    return "the Hugging Face cache, which holds models; one is in its folder \(model)"
  }

  /// The last, as in `snapshots/1a2b…`.
  private static func version(in url: URL) -> String? {
    names(in: url.appendingPathComponent(versions))?.max().map { "\(versions)/\($0)" }
  }

  private static func names(in url: URL) -> [String]? {
    try? FileManager.default.contentsOfDirectory(atPath: url.path)
  }
}
