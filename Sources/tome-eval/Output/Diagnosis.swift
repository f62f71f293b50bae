import Checkpoints
import Foundation
import Machine
import StableDiffusion
import Tensors
import TokenMerging
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
    case .avx2, .avx512, .neon:
      Finding("kernels", .fine, "\(set.name); --precision bf16 is correct here, not fast")
    case .avx512BF16, .amxBF16:
      Finding(
        "kernels", .fine,
        "\(set.name): --precision bf16 is "
          + (set.multipliesBF16 ? "fast" : "correct here, but slower than fp32 on Intel's processors"))
    case .neonBF16:
      Finding("kernels", .fine, "\(set.name): --precision bf16 has instructions of its own")
    }
  }

  /// What computes matrix products, which from now on it does.
  static func matrixProducts(_ options: ProcessorOptions) -> Finding {
    do {
      try options.use()
    } catch {
      return Finding("matrix products", .error, Advice.added(to: "\(error)", error))
    }
    guard case .openBLAS(let library) = ProductBackend.current else {
      return Finding("matrix products", .fine, "builtin: the kernels above")
    }
    let threads = NumberText.count(library.threadCount, "thread")
    return Finding(
      "matrix products", .fine,
      "openblas: OpenBLAS \(library.version) with kernels for \(library.core), held at \(threads), since products "
        + "are split among this program's own")
  }

  /// The parts of a model, each with its number of weights.
  /// - Throws: ``DamagedWeights``, besides what is wrong with the files.
  static func parts(of model: any ModelFiles) throws -> String {
    let names = ["unet", "vae", "text_encoder", "text_encoder_2"].filter {
      // Only SDXL has a second one.
      $0 != "text_encoder_2" || model.has($0)
    }
    let parts = try names.map { name in
      "\(name) \(try weightCount(model.component(name)))"
    }
    return "\(model.path): \(parts.joined(separator: ", "))"
  }

  /// What kind of model it is, and where in it tokens can be merged.
  static func family(of pipeline: DiffusionPipeline) -> String {
    let (width, height) = pipeline.defaultSize
    let grids = pipeline.attendingGrids(width: width, height: height)
    let places = grids.map { grid in
      "\(grid.width)x\(grid.height) tokens in \(NumberText.count(grid.blocks, "block"))"
        + " (max_downsample \(grid.downsample))"
    }
    let finest = grids.first?.downsample ?? 1
    return "\(pipeline.family); at \(width)x\(height) " + places.joined(separator: ", ")
      + (finest > 1 ? "; merging needs --max-downsample \(finest) or more" : "")
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
