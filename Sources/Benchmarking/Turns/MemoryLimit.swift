import Foundation

/// A bound on the memory of this process that the system keeps: what would pass it fails in this process, and no
/// other suffers.
enum MemoryLimit {
  /// Whether the system can be told (Linux); elsewhere the estimate alone decides.
  static var isEnforced: Bool {
    #if os(Linux)
      true
    #else
      false
    #endif
  }

  /// Bounds the private memory of the process, what is mapped from files not counted, since the system can take
  /// that back.
  ///
  /// - Throws: ``BenchmarkError/limitRefused(bytes:reason:)``
  static func set(bytes: Int) throws(BenchmarkError) {
    #if os(Linux)
      // Reserved by the libraries but hardly touched, such as stacks of threads.
      let reserved = statusBytes("VmData") - statusBytes("RssAnon")
      let bound = rlim_t(bytes + max(reserved, 0))
      var limit = rlimit(rlim_cur: bound, rlim_max: bound)
      guard setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0 else {
        throw .limitRefused(bytes: bytes, reason: String(cString: strerror(errno)))
      }
    #endif
  }

  #if os(Linux)
    private static func statusBytes(_ field: String) -> Int {
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
      return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
  #endif
}
