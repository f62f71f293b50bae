import Foundation
import Images
import Machine
public import Pictures
import SamplerNames
import Synchronization
import TokenMerging

/// Pictures by AUTOMATIC1111's web UI, or by another service that has its API.
///
/// A picture's ratio is an option that holds for its request alone. Seconds are the service's own for the request, or
/// else those around it: text encoder, sampling, decoder and PNG.
public final class WebUIEngine: PictureEngine {
  public let identity: EngineIdentity
  public let model: ModelIdentity
  private let webUI: WebUIService
  private let connection: Mutex<ServiceConnection>

  /// - Parameters:
  ///   - kind: which of these services it is
  ///   - timeout: the longest that a picture may take
  /// - Throws: ``EngineError`` when it is no such service, asks for a password, or would not make unmerged pictures.
  public init(_ address: ServiceAddress, kind: WebUIKind, timeout: Duration) throws(EngineError) {
    webUI = try WebUIService(address, kind.dialect, timeout: timeout)
    identity = webUI.identity
    model = webUI.model
    connection = Mutex(ServiceConnection(webUI.service))
  }

  public func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling {
    try wish.refuseOwn(by: "\(webUI.dialect.name)'s API", apartFrom: ["--prompt-syntax"])
    // The sampler is the one that the API takes where none is named.
    return wish.settled(width: 512, height: 512, scheduler: "euler")
  }

  public func validate(_ recipe: PictureRecipe) throws(EngineError) {
    let sampling = recipe.sampling
    if sampling.steps == nil { throw .incomplete(.steps) }
    if sampling.guidanceScale == nil { throw .incomplete(.guidanceScale) }
    _ = try sampler(sampling.scheduler)
    let name = webUI.dialect.name
    guard sampling.width % 8 == 0, sampling.height % 8 == 0 else {
      throw .worker("size \(sampling.width)x\(sampling.height): \(name) needs multiples of 8")
    }
    try webUI.dialect.validate(recipe)
    guard let merging = recipe.merging else { return }
    guard [.tomesd, .webui].contains(merging.variant) else {
      throw .worker("--merge-variant \(merging.variant.rawValue) is no rule of \(name); leave it out")
    }
    let fixed = MergingOptions(ratio: merging.ratio, useRand: false, variant: merging.variant)
    if let other = merging.differingArgument(from: fixed) {
      throw .worker(
        other == "use_rand"
          ? "\(name) draws nothing at random (use_rand is off there); leave --merge-variant out, or add --no-rand"
          : "\(name)'s API cannot set \(other); leave the option out")
    }
  }

  public func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    StatelessPrompt { [self] request, observer in try make(request, observer) }
  }

  public func check(prompt: String, sampling: Sampling) throws(EngineError) {
    try webUI.dialect.check(prompt: prompt, sampling: sampling)
  }

  /// The service's names for a scheduler.
  private func sampler(_ name: SchedulerName) throws(EngineError) -> WebUISamplerChoice {
    func asked(_ kind: SchedulerKind) -> WebUISamplerChoice? { webUI.dialect.sampler(kind, of: webUI) }
    guard let choice = SchedulerKind(rawValue: name.rawValue).flatMap(asked) else {
      let known = SchedulerKind.allCases.filter { asked($0) != nil }.map(\.rawValue)
      throw .unknownName("scheduler", value: name.rawValue, known: known)
    }
    return choice
  }

  private func make(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
    let body = try message(request)
    let isCancelled = { observer.cancellation.isRequested }
    return try connection.withLock { connection in
      try connection.picture(
        isCancelled: isCancelled,
        warmUp: { _ = try webUI.textToImage(body, isCancelled: isCancelled) },
        interrupt: webUI.interrupt
      ) {
        let start = ContinuousClock.now
        let answer = try webUI.textToImage(body, isCancelled: isCancelled)
        let around = start.duration(to: .now) / .seconds(1)
        return MadePicture(image: try image(answer, request), seconds: try seconds(answer, around: around))
      }
    }
  }

  private func message(_ request: PictureRequest) throws(EngineError) -> WebUIMessage.TextToImage {
    let sampling = request.recipe.sampling
    guard let steps = sampling.steps, let guidanceScale = sampling.guidanceScale else {
      throw .incomplete(sampling.steps == nil ? .steps : .guidanceScale)
    }
    let dialect = webUI.dialect
    let choice = try sampler(sampling.scheduler)
    return WebUIMessage.TextToImage(
      prompt: dialect.text(request.prompt, sampling.promptSyntax),
      negativePrompt: dialect.text(sampling.negativePrompt, sampling.promptSyntax), seed: request.seed.value,
      steps: steps, cfgScale: guidanceScale, width: sampling.width, height: sampling.height,
      samplerName: choice.sampler, scheduler: choice.schedule,
      overrideSettings: dialect.overrides(request.recipe, webUI.options)
        .merging(choice.overrides) { _, sampler in sampler })
  }

  private func seconds(_ answer: HTTPAnswer, around: Double) throws -> Double {
    guard webUI.tellsSeconds else { return around }
    guard let own = answer.headers[WebUIService.secondsHeader].flatMap(Double.init), own.isFinite, own > 0
    else { throw answer.unexpected("it does not say how long it took, as others do") }
    return own
  }

  /// - Throws: ``HTTPFailure``, or ``EngineError`` for a picture that was not asked for.
  private func image(_ answer: HTTPAnswer, _ request: PictureRequest) throws -> RGBImage {
    let pictures = try answer.decode(WebUIMessage.Pictures.self)
    let details = pictures.details
    let index = details?.indexOfFirstImage ?? 0
    guard pictures.images.indices.contains(index) else {
      throw answer.unexpected(webUI.dialect.noPicture)
    }
    let base64 = pictures.images[index].split(separator: ",").last ?? ""
    guard let bytes = Data(base64Encoded: String(base64)) else {
      throw answer.unexpected("its picture is no base64")
    }
    let picture = try ServicePicture.decode(
      bytes, of: webUI.service.name, size: request.recipe.sampling, remedy: webUI.dialect.pngRemedy)
    let inside = picture.text.first { $0.key == "parameters" }?.value
    guard let text = details?.infotexts.flatMap({ $0.indices.contains(index) ? $0[index] : nil }) ?? inside
    else {
      throw answer.unexpected("it has no infotext, so that nothing says how the picture was made")
    }
    let contradictions = WebUIInfotext.contradictions(
      Infotext(parsing: text), request, modelHash: webUI.modelHash, webUI.dialect)
    guard contradictions.isEmpty else {
      throw EngineError.worker(
        "\(webUI.service.name) made another picture than was asked for: "
          + contradictions.joined(separator: "; "))
    }
    return picture.image
  }
}
