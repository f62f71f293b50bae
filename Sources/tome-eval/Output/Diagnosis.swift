import Checkpoints
import Foundation
import Machine
import StableDiffusion
import Tensors
import Wording

/// One thing that `doctor` looked at.
struct Finding: Encodable {
  enum State: String, Encodable { case fine, warning, error }

  let subject: String
  let state: State
  let detail: String

  /// What `look` found, or the error it met.
  init(_ subject: String, failing: State = .error, _ look: () throws -> String) {
    self.subject = subject
    do {
      detail = try look()
      state = .fine
    } catch {
      detail = Advice.added(to: "\(error)", error)
      state = failing
    }
  }

  init(_ subject: String, _ state: State, _ detail: String) {
    self.subject = subject
    self.state = state
    self.detail = detail
  }
}

/// What a machine and its checkpoints are good for.
enum Diagnosis {
  static func machine() -> [Finding] {
    let machine = MachineDescription.current
    return [
      Finding("system", .fine, "\(machine.os), \(NumberText.bytes(machine.memoryBytes)) of memory"),
      Finding("processor", .fine, machine.cpu),
      Finding("threads", .fine, "\(machine.threads) on \(machine.cores) cores"),
      kernels(KernelSet.best),
    ]
  }

  private static func kernels(_ set: KernelSet) -> Finding {
    switch set {
    case .baseline:
      Finding("kernels", .warning, "the compiler's baseline: several times slower than AVX2")
    case .avx2, .avx512: Finding("kernels", .fine, "\(set.name); --precision bf16 is correct here, not fast")
    case .avx512BF16: Finding("kernels", .fine, "\(set.name): --precision bf16 is fast")
    }
  }

  /// The parts of a model, each with its number of weights.
  /// - Throws: ``DamagedWeights``, besides what is wrong with the files.
  static func parts(of model: any ModelFiles) throws -> String {
    let parts = try ["unet", "vae", "text_encoder"].map { name in
      "\(name) \(try weightCount(model.component(name)))"
    }
    return "\(model.path): \(parts.joined(separator: ", "))"
  }

  /// Looks at every weight on the way.
  static func weightCount(_ files: any ModelFiles) throws -> String {
    let tensors = try files.tensors()
    if let key = tensors.firstNotFinite {
      throw DamagedWeights(path: tensors.path, key: tensors.name(of: key))
    }
    let count = Double(tensors.weightCount)
    return count >= 1e9 ? "\(tenths(count / 1e9)) G weights" : "\(tenths(count / 1e6)) M weights"
  }

  static func freeSpace(at folder: URL) -> Finding {
    // The nearest folder that exists: the run's own is made by the sweep.
    var existing = folder.standardizedFileURL
    while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
      existing.deleteLastPathComponent()
    }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: existing.path)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else {
      return Finding("disk", .warning, "\(existing.path): free space is unknown")
    }
    let state: Finding.State = free < 1 << 30 ? .warning : .fine
    return Finding("disk", state, "\(NumberText.bytes(free)) free at \(existing.path)")
  }

  private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// Weights that are no numbers.
struct DamagedWeights: Error, CustomStringConvertible {
  let path: String
  let key: String

  var description: String {
    "\(path): tensor '\(key)' holds values that are not finite numbers; download or export it again"
  }
}
