import ArgumentParser
import CLIPModels
import Checkpoints
import Foundation
import PerceptualModels
import Pictures
import Scoring

/// Which checkpoints to score with beside CLIP.
struct ScorerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A further scorer, as in pickscore=DIR, PickScore's folder as transformers saves it; repeatable. A --clip folder "
        + "that calls itself PickScore is one, too.",
      valueName: "kind=dir"))
  var scorer: [String] = []

  @Option(
    help: ArgumentHelp(
      "LAION's aesthetic predictor as safetensors, the linear or the MLP head; it rates by the embeddings of a --clip "
        + "checkpoint of its size (ViT-L/14); repeatable.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var aesthetic: [String] = []

  @Option(
    help: ArgumentHelp(
      "A folder with alexnet.safetensors (torchvision's AlexNet) and lin.safetensors (the linear heads of LPIPS "
        + "v0.1) to measure LPIPS with; repeatable; without one it is left out.",
      valueName: "dir"),
    completion: .directory)
  var lpips: [String] = []

  private static let pickScore = "pickscore"

  func validate() throws {
    for text in scorer where Self.folder(of: text) == nil {
      throw ValidationError("--scorer \(text): write the kind and its folder, as in \(Self.pickScore)=DIR")
    }
  }

  /// - Parameter clip: the CLIP checkpoints that were asked for
  func load(clip: [CLIPScorer]) throws -> Scorers {
    let named = clip.filter(Self.isPick)
    let pick = try scorer.compactMap(Self.folder(of:)).map { path in
      let folder = URL(fileURLWithPath: path, isDirectory: true)
      return try CLIPScorer(folder, name: folder.lastPathComponent)
    }
    for model in named + pick { _ = try model.model.preferenceScale() }
    return Scorers(
      clip: clip.filter { !Self.isPick($0) }, pick: named + pick,
      aesthetic: try aesthetic.map { try Self.head($0, clip) }, lpips: try lpips.map(Self.lpipsScorer))
  }

  /// Whether it calls itself so, or was trained from what does.
  private static func isPick(_ clip: CLIPScorer) -> Bool {
    [clip.identity.name, clip.model.originalName ?? ""].contains { $0.lowercased().contains(pickScore) }
  }

  private static func folder(of text: String) -> String? {
    let parts = text.split(separator: "=", maxSplits: 1)
    return parts.count == 2 && parts[0] == pickScore ? String(parts[1]) : nil
  }

  private static func head(_ path: String, _ clip: [CLIPScorer]) throws -> AestheticScorer {
    let file = URL(fileURLWithPath: path)
    let model = try AestheticPredictor(
      ModelDirectory(file.deletingLastPathComponent(), cache: DigestCache()), name: file.lastPathComponent)
    guard let first = clip.first else {
      throw ValidationError("--aesthetic rates the embeddings of a CLIP checkpoint; pass one with --clip")
    }
    let fitting = clip.first { $0.model.embeddingSize == model.embeddingSize }
    return try AestheticScorer(
      model: model, name: file.deletingPathExtension().lastPathComponent, clip: fitting ?? first)
  }

  static func lpipsScorer(_ path: String) throws -> LPIPSScorer {
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let model = try LPIPS(ModelDirectory(folder, cache: DigestCache()))
    return LPIPSScorer(
      model: model,
      identity: ModelIdentity(name: folder.lastPathComponent, fingerprint: try model.fingerprint))
  }
}
