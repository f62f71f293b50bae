import Engines
import Machine
import Pictures
import ResultStore

/// Makes a run's pictures with an engine, which gets ready for a prompt once, however many variants and seeds follow.
struct PictureMaking {
  enum Result {
    case made(MadePicture)
    /// What went wrong with this picture alone.
    case failed(EngineError)
  }

  private let engine: any PictureEngine
  private var prompt: (text: String, sampling: Sampling, ready: any EnginePrompt)?

  init(_ engine: any PictureEngine) { self.engine = engine }

  /// - Parameter didTruncate: told what of a prompt is beyond what the model reads, once a prompt
  /// - Throws: `CancellationError` when asked to stop, or what ends a sweep.
  mutating func make(
    _ request: PictureRequest, _ observer: PictureObserver, didTruncate: (UnreadText) -> Void = { _ in }
  ) throws -> Result {
    do {
      let ready = try ready(for: request, didTruncate: didTruncate)
      return .made(try ready.picture(request, observer))
    } catch let error as EngineError {
      return .failed(error)
    }
  }

  private mutating func ready(
    for request: PictureRequest, didTruncate: (UnreadText) -> Void
  ) throws(EngineError) -> any EnginePrompt {
    // Steps and schedulers, which variants differ in, have no part in getting ready.
    var sampling = request.recipe.sampling
    (sampling.steps, sampling.scheduler) = (nil, .checkpoint)
    if let prompt, prompt.text == request.prompt, prompt.sampling == sampling { return prompt.ready }
    let isNew = prompt?.text != request.prompt
    let ready = try engine.begin(prompt: request.prompt, sampling: request.recipe.sampling)
    prompt = (request.prompt, sampling, ready)
    if isNew { ready.unread.forEach(didTruncate) }
    return ready
  }
}
