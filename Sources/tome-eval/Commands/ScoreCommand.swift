import ArgumentParser
import CLIPModels
import Comparisons
import Engines
import Foundation
import Images
import Metrics
import PerceptualModels
import Pictures
import ResultStore
import Scoring
import Wording

struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score any PNG: how well it matches a prompt, how far it is from a baseline.",
    discussion: """
        tome-eval score --prompt "a red cube" cube.png
        tome-eval score --prompt "a red cube" merged.png --baseline cube.png --json
      """)

  @Argument(
    help: ArgumentHelp("The picture to score; - for standard input.", valueName: "image"),
    completion: .file(extensions: ["png"]))
  var image: String

  @Option(help: ArgumentHelp("What it should show.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("The picture to compare it with.", valueName: "file"))
  var baseline: String?

  @OptionGroup var model: ModelOptions
  @OptionGroup var scoring: ScorerOptions

  @Flag(
    help: "Print the scores as JSON; what was not asked for, or is no number, is null, and `absent` says why."
  )
  var json = false

  func validate() throws {
    if prompt == nil && baseline == nil && scoring.aesthetic.isEmpty {
      throw ValidationError("pass --prompt, --baseline or both")
    }
    if image == "-" && baseline == "-" {
      throw ValidationError("both pictures cannot come from standard input; name a file for one of them")
    }
  }

  /// - Parameter path: a file, a stream that the shell opened, or `-` for standard input
  private static func picture(_ path: String) throws -> RGBImage {
    let (image, note) = try PNGCodec.decodeNamed(path) {
      Terminal.log("waiting for a picture from \(path == "-" ? "standard input" : path)")
    }
    if let note { Terminal.warn(note) }
    return image
  }

  func run() throws {
    let picture = try Self.picture(image)
    let other = try baseline.map(Self.picture)
    let scorers = try scoring.load(clip: model.loadClip())
    for clip in scorers.clip + scorers.pick {
      if let words = prompt.flatMap(clip.model.tokenizer.unread) {
        Terminal.warn("\(clip.identity.name): \(UnreadText(.prompt, words: words))")
      }
    }
    let scores = try Self.scores(of: picture, prompt: prompt, baseline: other, by: scorers)
    let absent = absences(picture, lpips: !scorers.lpips.isEmpty)
    if json {
      try printJSON(scores, identical: other.map { picture == $0 }, scorers, absent: absent)
    } else {
      for (name, value) in scores {
        if let value { try Terminal.printFormatted("\(visible(name))\t\(value)") }
      }
      for (name, reason) in absent { Terminal.warn("no \(name): it \(reason)") }
      if picture == other { try Terminal.printFormatted("identical\ttrue") }
    }
  }

  /// Every metric in the order of tables, by every scorer; nil for what was not asked for or is no number. Those of
  /// a further scorer are named as in a run.
  private static func scores(
    of picture: RGBImage, prompt: String?, baseline: RGBImage?, by scorers: Scorers
  ) throws -> [(name: String, value: Double?)] {
    let differences = try baseline.map { try ImageDifferences(of: picture, to: $0) }
    var records = [ScorerRecord.pixels] + scorers.records
    // Numbers, as rows of a store have them, tell them apart.
    for index in records.indices { records[index].id = Int64(index + 1) }
    // Several scorers may judge by one checkpoint.
    var embeddings: [String: [Float]] = [:]
    for clip in scorers.clip + scorers.pick + scorers.aesthetic.map(\.clip)
    where embeddings[clip.identity.fingerprint] == nil {
      embeddings[clip.identity.fingerprint] = try clip.model.embed(image: picture)
    }
    func own(_ clip: CLIPScorer) -> [Float] { embeddings[clip.identity.fingerprint] ?? [] }
    func cosine(_ clip: CLIPScorer, _ text: String) throws -> Double {
      CLIPModel.score(own(clip), try clip.model.embed(text: text))
    }
    var values: [String: Double?] = [:]
    for measure in Measure.all(by: records) {
      let place = records.filter { $0.kind == measure.metric.scorer }.firstIndex(of: measure.scorer) ?? 0
      values[measure.key] =
        switch measure.metric {
        case .clipScore:
          try prompt.map { try cosine(scorers.clip[place], $0) }
        case .clipImage:
          try baseline.map {
            CLIPModel.score(own(scorers.clip[place]), try scorers.clip[place].model.embed(image: $0))
          }
        case .pickScore:
          try prompt.map {
            try scorers.pick[place].model.preferenceScale() * cosine(scorers.pick[place], $0) / 100
          }
        case .aesthetic:
          scorers.aesthetic[place].model.score(own(scorers.aesthetic[place].clip))
        case .lpips: try baseline.flatMap { try scorers.lpips[place].model.distance(picture, $0) }
        case .ssim, .msSSIM, .psnr, .mae, .rmse, .deltaE, .changedPixels: differences?[measure.metric]
        }
    }
    let further = Measure.all(by: records).map(\.key).filter { Metric(rawValue: $0) == nil }
    return (Metric.allCases.map(\.key) + further).map { ($0, values[$0] ?? nil) }
  }

  /// Why metrics that were asked for have no value.
  private func absences(_ picture: RGBImage, lpips: Bool) -> [(name: String, reason: String)] {
    guard baseline != nil else { return [] }
    return Metric.allCases.filter { lpips || $0.scorer != .lpips }.compactMap { metric in
      metric.absence(width: picture.width, height: picture.height).map { (metric.key, $0) }
    }
  }

  private func printJSON(
    _ scores: [(name: String, value: Double?)], identical: Bool?, _ scorers: Scorers,
    absent: [(name: String, reason: String)]
  ) throws {
    func name(_ kind: Metric.Scorer) -> JSONScalar {
      scorers.records.first { $0.kind == kind }.map { .text($0.name) } ?? .null
    }
    var object: [String: JSONScalar] = [:]
    for (name, value) in scores { object[name] = value.map(JSONScalar.number) ?? .null }
    object["identical"] = identical.map(JSONScalar.flag) ?? .null
    object["clip"] = name(.clip)
    object["preference_model"] = name(.pick)
    object["aesthetic_predictor"] = name(.aesthetic)
    object["lpips_weights"] = name(.lpips)
    object["absent"] = .texts(Dictionary(uniqueKeysWithValues: absent))
    object["path"] = .text(image)
    try Terminal.printJSON(object)
  }
}
