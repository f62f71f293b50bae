package import Checkpoints

/// What pictures are made with where nothing is asked for: what a model folder's optional `tome-eval.json` says about
/// the model, and otherwise what its pipeline does by default.
public struct PipelineDefaults: Sendable, Hashable {
  /// What the model calls itself.
  public let name: String?
  /// A sentence for people, such as where the model comes from.
  public let note: String?
  private let pipeline: PipelineClass
  private let guidanceScale: Double?
  private let steps: Int?

  /// - Parameter files: the model's folder
  /// - Throws: `CheckpointError` naming the field at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    pipeline = try PipelineClass(files)
    let file = "tome-eval.json"
    guard files.has(file) else {
      (name, note, guidanceScale, steps) = (nil, nil, nil, nil)
      return
    }
    let fields = try files.fields(of: file)
    name = try fields.text("name")
    note = try fields.text("note")
    guidanceScale = try fields.number("guidance_scale", Quantity("a guidance scale", 0...1e6))
    steps = try fields.whole("steps", Quantity("steps", 1...100_000))
    try fields.requireAllKnown(withoutEffect: [])
  }

  /// The options an image is sampled with when nothing else is asked for.
  public var options: SamplingOptions {
    SamplingOptions(
      steps: steps ?? pipeline.steps, guidanceScale: guidanceScale ?? pipeline.guidanceScale)
  }
}
