import Foundation
import Tensors

extension MachineDescription {
  /// The machine that this process runs on.
  public static var current: MachineDescription {
    MachineDescription(
      os: operatingSystem, cpu: processor, cores: ProcessInfo.processInfo.activeProcessorCount,
      threads: Parallel.threadCount, kernelSet: ProductBackend.current.name,
      memoryBytes: Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }

  private static var operatingSystem: String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    return name.map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) }
      ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  private static var processor: String {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var bytes = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0)
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
      return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    #endif
  }
}
