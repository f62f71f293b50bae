import ArgumentParser
import Checkpoints
import Foundation
import PerceptualModels
import Pictures
import Scoring

/// Which weights to measure LPIPS distances with.
struct LPIPSOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder with alexnet.safetensors (torchvision's AlexNet) and lin.safetensors (the linear heads of LPIPS "
        + "v0.1) to measure LPIPS with; repeatable; without one it is left out.",
      valueName: "dir"),
    completion: .directory)
  var lpips: [String] = []

  func load() throws -> [LPIPSScorer] {
    try lpips.map { path in
      let folder = URL(fileURLWithPath: path, isDirectory: true)
      let model = try LPIPS(ModelDirectory(folder, cache: DigestCache()))
      return LPIPSScorer(
        model: model,
        identity: ModelIdentity(name: folder.lastPathComponent, fingerprint: try model.fingerprint))
    }
  }
}
