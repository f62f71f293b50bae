import Foundation

/// What Linux tells of this process's memory; nothing elsewhere.
package enum ProcessStatus {
  /// The bytes of a field of `/proc/self/status` that is given in kilobytes, as `VmHWM` is.
  package static func bytes(_ field: String) -> Int? {
    #if os(Linux)
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix(field + ":") }
      return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map {
        $0 * 1024
      }
    #else
      return nil
    #endif
  }
}
