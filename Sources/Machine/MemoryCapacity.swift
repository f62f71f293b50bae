import Foundation
import Synchronization

/// How much memory this process can have at most.
public enum MemoryCapacity {
  /// In bytes: what the machine has, or less where the process was started with a limit (`ulimit -d`, `ulimit -v`).
  ///
  /// Such limits also count what is reserved and hardly touched, as stacks of threads are; that is taken off, and so
  /// is what was promised.
  public static var bytes: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let promised = promised.load(ordering: .relaxed)
    let data = limit(RLIMIT_DATA).map { $0 - reserved("VmData", "RssAnon") - promised }
    let addresses = limit(RLIMIT_AS).map { $0 - reserved("VmSize", "VmRSS") - promised }
    return max([physical, data, addresses].compactMap(\.self).min() ?? physical, 0)
  }

  private static let promised = Atomic(0)

  /// Keeps bytes for what will be reserved later, and hardly touched, whatever was promised before.
  package static func promise(_ bytes: Int) { promised.store(bytes, ordering: .relaxed) }

  /// Private memory of this process that is reserved but not resident, or promised, in bytes.
  package static var reservedData: Int {
    reserved("VmData", "RssAnon") + promised.load(ordering: .relaxed)
  }

  private static func reserved(_ all: String, _ resident: String) -> Int {
    max((ProcessStatus.bytes(all) ?? 0) - (ProcessStatus.bytes(resident) ?? 0), 0)
  }

  #if os(Linux)
    private typealias Resource = __rlimit_resource
  #else
    private typealias Resource = Int32
  #endif

  /// Nil where there is none.
  private static func limit(_ resource: Resource) -> Int? {
    var limit = rlimit()
    #if os(Linux)
      let isKnown = getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0
    #else
      let isKnown = getrlimit(resource, &limit) == 0
    #endif
    return isKnown && limit.rlim_cur < rlim_t(Int.max) ? Int(limit.rlim_cur) : nil
  }
}
