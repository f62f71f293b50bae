import Pictures
import Wording

/// What a service says of a picture that it made, against what it was asked for.
enum WebUIInfotext {
  /// Something that is said, or not, and was asked for, or not.
  struct Fact {
    let name: String
    let said: String?
    let asked: String?

    /// As in `steps 19, not 20`; nil where both are the same.
    fileprivate var contradiction: String? {
      said == asked ? nil : "\(name) \(said ?? "unknown"), not \(asked ?? "unknown")"
    }
  }

  /// What differs, each as in `steps 19, not 20`; empty where the picture is what was asked for.
  /// - Parameter modelHash: the short one of the checkpoint that the run is of
  static func contradictions(
    _ infotext: Infotext, _ request: PictureRequest, modelHash: String?, _ dialect: any WebUIDialect
  ) -> [String] {
    let (recipe, sampling) = (request.recipe, request.recipe.sampling)
    // Nothing is said of a ratio of 0.
    let ratio = infotext[dialect.ratioField].map { Double($0) ?? .nan } ?? 0
    // One of another length is of another kind.
    let hash = infotext["Model hash"].flatMap { $0.count == modelHash?.count ? $0 : nil }
    let facts = [
      Fact(name: "seed", said: infotext.seed?.description, asked: request.seed.description),
      Fact(name: "steps", said: infotext.steps.map { "\($0)" }, asked: sampling.steps.map { "\($0)" }),
      Fact(
        name: "size", said: infotext.size.map { "\($0.width)x\($0.height)" },
        asked: "\(sampling.width)x\(sampling.height)"),
      Fact(
        name: "scheduler", said: dialect.scheduler(infotext)?.rawValue, asked: sampling.scheduler.rawValue),
      Fact(
        name: "guidance_scale", said: infotext.guidanceScale.map(NumberText.exact),
        asked: sampling.guidanceScale.map(NumberText.exact)),
      Fact(name: "ratio", said: NumberText.exact(ratio), asked: NumberText.exact(recipe.ratio)),
      Fact(name: "model hash", said: hash, asked: hash == nil ? nil : modelHash),
    ]
    return (facts + dialect.furtherFacts(infotext, request)).compactMap(\.contradiction)
  }
}
