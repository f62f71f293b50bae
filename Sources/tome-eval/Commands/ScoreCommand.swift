import ArgumentParser
import CLIPModels
import Evaluation
import Foundation
import Images
import Metrics
import PerceptualModels

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score any PNG: how well it matches a prompt, how far it is from a baseline.",
    discussion: """
        tome-eval score --prompt "a red cube" cube.png
        tome-eval score --prompt "a red cube" merged.png --baseline cube.png --json
      """)

  @Argument(
    help: ArgumentHelp("The picture to score.", valueName: "image"), completion: .file(extensions: ["png"]))
  var image: String

  @Option(help: ArgumentHelp("What it should show.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("The picture to compare it with.", valueName: "file"))
  var baseline: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var perceptual: LPIPSOptions

  @Flag(
    help: "Print the scores as JSON; what was not asked for, or is no number, is null, and `absent` says why."
  )
  var json = false

  func validate() throws {
    if prompt == nil && baseline == nil { throw ValidationError("pass --prompt, --baseline or both") }
  }

  func run() throws {
    let picture = try PNGCodec.decode(URL(fileURLWithPath: image)).image
    let other = try baseline.map { try PNGCodec.decode(URL(fileURLWithPath: $0)).image }
    let lpips = try perceptual.load()
    let clip = try model.loadClip()
    if clip == nil { Terminal.warn("no CLIP checkpoint: CLIP scores are left out; pass one with --clip DIR") }
    let embedding = clip.map { $0.model.embed(image: picture) }
    let differences = try other.map { try ImageDifferences(of: picture, to: $0) }
    var scores: [(name: String, value: Double?)] = []
    func add(_ metric: Metric, _ value: Double?) { scores.append((metric.key, value)) }
    func similarity(_ other: [Float]) -> Double? { embedding.map { CLIPModel.score($0, other) } }
    add(.clipScore, prompt.flatMap { text in clip.flatMap { similarity($0.model.embed(text: text)) } })
    add(.clipImage, other.flatMap { other in clip.flatMap { similarity($0.model.embed(image: other)) } })
    add(.lpips, other.flatMap { lpips?.model.distance(picture, $0) })
    add(.psnr, differences?.psnr)
    add(.ssim, differences?.ssim)
    add(.msSSIM, differences?.msSSIM)
    add(.mae, differences?.mae)
    add(.rmse, differences?.rmse)
    add(.changedPixels, differences?.changedPixels)
    let absent = absences(picture, lpips: lpips != nil)
    if json {
      try printJSON(
        scores, identical: differences?.identical, clip: clip?.identity.name, lpips: lpips?.identity.name,
        absent: absent)
    } else {
      for (name, value) in scores { if let value { print("\(name)\t\(value)") } }
      for (name, reason) in absent { Terminal.warn("no \(name): it \(reason)") }
      if differences?.identical == true { print("identical\ttrue") }
    }
  }

  /// Why metrics that were asked for have no value.
  private func absences(_ picture: RGBImage, lpips: Bool) -> [(name: String, reason: String)] {
    guard baseline != nil else { return [] }
    return Metric.all.filter { lpips || $0.needsWeights != .lpips }.compactMap { metric in
      metric.absence(width: picture.width, height: picture.height).map { (metric.key, $0) }
    }
  }

  private func printJSON(
    _ scores: [(name: String, value: Double?)], identical: Bool?, clip: String?, lpips: String?,
    absent: [(name: String, reason: String)]
  ) throws {
    var object: [String: JSONScalar] = [:]
    for (name, value) in scores { object[name] = value.map(JSONScalar.number) ?? .null }
    object["identical"] = identical.map(JSONScalar.flag) ?? .null
    object["clip"] = clip.map(JSONScalar.text) ?? .null
    object["lpips_weights"] = lpips.map(JSONScalar.text) ?? .null
    object["absent"] = .texts(Dictionary(uniqueKeysWithValues: absent))
    object["path"] = .text(image)
    try Terminal.printJSON(object)
  }
}
