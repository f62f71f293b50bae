import Pictures
import Wording

/// What the web UI says of a picture that it made, against what it was asked for.
enum WebUIInfotext {
  /// What differs, each as in `steps 19, not 20`; empty where the picture is what was asked for.
  /// - Parameter modelHash: the short one of the checkpoint that the run is of
  static func contradictions(
    _ infotext: Infotext, _ request: PictureRequest, modelHash: String?
  ) -> [String] {
    let (recipe, sampling) = (request.recipe, request.recipe.sampling)
    func differing(_ name: String, _ said: String?, _ asked: String?) -> String? {
      said == asked ? nil : "\(name) \(said ?? "unknown"), not \(asked ?? "unknown")"
    }
    // It says nothing of a ratio of 0.
    let ratio = infotext["Token merging ratio"].map { Double($0) ?? .nan } ?? 0
    let hash = infotext["Model hash"]
    return [
      differing("seed", infotext.seed?.description, request.seed.description),
      differing("steps", infotext.steps.map { "\($0)" }, sampling.steps.map { "\($0)" }),
      differing(
        "size", infotext.size.map { "\($0.width)x\($0.height)" }, "\(sampling.width)x\(sampling.height)"),
      differing("scheduler", infotext.scheduler?.rawValue, sampling.scheduler.rawValue),
      differing(
        "guidance_scale", infotext.guidanceScale.map(NumberText.exact),
        sampling.guidanceScale.map(NumberText.exact)),
      differing("ratio", NumberText.exact(ratio), NumberText.exact(recipe.ratio)),
      hash == nil || modelHash == nil ? nil : differing("model hash", hash, modelHash),
    ].compactMap(\.self)
  }
}
