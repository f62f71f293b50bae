import Foundation
import Machine

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
      let bound = rlim_t(bytes + MemoryCapacity.reservedData)
      var limit = rlimit(rlim_cur: bound, rlim_max: bound)
      guard setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0 else {
        throw .limitRefused(bytes: bytes, reason: String(cString: strerror(errno)))
      }
    #endif
  }
}
