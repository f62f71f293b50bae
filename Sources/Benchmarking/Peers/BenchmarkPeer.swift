/// What takes turns beside this program: diffusers on torch, with tomesd, in the user's own Python.
public struct BenchmarkPeer: Sendable, Hashable, Codable {
  /// The interpreter, as it was named.
  public let command: String
  /// Its version.
  public let python: String
  /// Of the libraries, as in `torch`.
  public let versions: [String: String]
  /// Threads that torch computes on.
  public let threads: Int

  /// What it is made of, in words.
  var label: String {
    let libraries = versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return (["Python \(python)"] + libraries).joined(separator: ", ")
  }
}
