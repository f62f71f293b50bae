public import Pictures
public import StableDiffusion
public import Tensors

/// Why an engine cannot make a picture: one sentence.
public enum EngineError: Error, Equatable, CustomStringConvertible {
  case impossible(PipelineError)
  case unknownName(String, value: String, known: [String])
  /// A picture that was made elsewhere, of which that is not known.
  case incomplete(PictureField)
  /// What another program says, or what is wrong with what it says.
  case worker(String)
  /// The pixels of the picture to begin from are not at hand.
  case noInitImage
  /// By too much guidance.
  case notFinite(step: Int)
  case brokenPart(NotFiniteError)
  /// A step that is to be looked into.
  case noSuchStep(Int, of: Int)

  public var description: String {
    switch self {
    case .impossible(let error):
      error.description
    case .unknownName(let what, let value, let known):
      "\(what) '\(value)' is none of this engine's; it has \(known.joined(separator: ", "))"
    case .noInitImage:
      "the picture that it was begun from is not at hand, so that it cannot be made again"
    case .noSuchStep(let step, let count):
      "step \(step) is to be looked into, but the picture has \(count)"
    case .worker(let reason):
      reason
    case .incomplete(let field):
      "the picture's \(field.rawValue) is not known, so that it cannot be made again"
    case .brokenPart(let error):
      error.description
    case .notFinite(let step):
      "the latents are no longer finite numbers after step \(step); try a smaller guidance scale"
    }
  }
}
