import ArgumentParser
import Checkpoints
import Evaluation
import Foundation
import PerceptualModels

/// Which weights to measure LPIPS distances with.
struct LPIPSOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder with alexnet.safetensors (torchvision's AlexNet) and lin.safetensors (the linear heads of LPIPS "
        + "v0.1) to measure LPIPS with; without one it is left out.",
      valueName: "dir"),
    completion: .directory)
  var lpips: String?

  func load() throws -> LPIPSScorer? {
    guard let lpips else { return nil }
    let folder = URL(fileURLWithPath: lpips, isDirectory: true)
    let directory = try ModelDirectory(folder)
    return LPIPSScorer(
      model: try LPIPS(directory),
      identity: ModelIdentity(name: folder.lastPathComponent, fingerprint: try directory.fingerprint()))
  }
}
