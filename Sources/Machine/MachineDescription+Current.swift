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
      let lines = info.split(separator: "\n")
      func field(_ name: String) -> String? {
        let line = lines.first { $0.hasPrefix(name) }?.split(separator: ":").last
        return line.map { $0.trimmingCharacters(in: .whitespaces) }
      }
      if let model = field("model name") { return model }
      // On arm64 Linux tells only by numbers who made a processor, and which it is.
      guard let implementer = field("CPU implementer"), let part = field("CPU part") else { return "unknown" }
      return "arm64, implementer \(implementer), part \(part)"
    #endif
  }
}
