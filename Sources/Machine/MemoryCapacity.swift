import Foundation

/// How much memory this process can have at most.
public enum MemoryCapacity {
  /// In bytes: what the machine has, or less where the process was started with a limit.
  public static var bytes: Int {
    var limit = rlimit()
    #if os(Linux)
      let isLimited = getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) == 0
    #else
      let isLimited = getrlimit(RLIMIT_DATA, &limit) == 0
    #endif
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return isLimited ? min(physical, Int(clamping: limit.rlim_cur)) : physical
  }
}
