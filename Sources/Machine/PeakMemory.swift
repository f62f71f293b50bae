import Foundation

/// The highest resident memory of this process, memory-mapped weights included.
public enum PeakMemory {
  /// Starts the measurement anew where the system can (Linux); elsewhere the peak stays
  /// that of the process so far.
  public static func reset() {
    #if os(Linux)
      guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
      try? file.write(contentsOf: Data("5".utf8))
      try? file.close()
    #endif
  }

  /// In bytes, since the last reset; nil where the system does not tell.
  public static var bytes: Int? {
    #if os(Linux)
      ProcessStatus.bytes("VmHWM")
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #endif
  }
}
