import Foundation
import Images
import Machine
public import Pictures
import SamplerNames
import Synchronization
import TokenMerging

/// Pictures by AUTOMATIC1111's web UI, or one that has its API.
///
/// A picture's ratio is an option that holds for its request alone. Seconds are the service's own for the request, or
/// else those around it: text encoder, sampling, decoder and PNG.
public final class WebUIEngine: PictureEngine {
  public let identity: EngineIdentity
  public let model: ModelIdentity
  private let webUI: WebUIService
  private let connection: Mutex<ServiceConnection>

  /// - Parameters:
  ///   - timeout: the longest that a picture may take
  /// - Throws: ``EngineError`` when it is no web UI, asks for a password, or would not make unmerged pictures.
  public init(_ address: ServiceAddress, timeout: Duration) throws(EngineError) {
    webUI = try WebUIService(address, timeout: timeout)
    identity = webUI.identity
    model = webUI.model
    connection = Mutex(ServiceConnection(webUI.service))
  }

  public func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling {
    try wish.refuseOwn(by: "the web UI's API", apartFrom: ["--prompt-syntax"])
    // The sampler is the one that the API takes where none is named.
    return wish.settled(width: 512, height: 512, scheduler: "euler")
  }

  public func validate(_ recipe: PictureRecipe) throws(EngineError) {
    let sampling = recipe.sampling
    if sampling.steps == nil { throw .incomplete(.steps) }
    if sampling.guidanceScale == nil { throw .incomplete(.guidanceScale) }
    _ = try sampler(sampling.scheduler)
    guard sampling.width % 8 == 0, sampling.height % 8 == 0 else {
      throw .worker("size \(sampling.width)x\(sampling.height): the web UI needs multiples of 8")
    }
    guard let merging = recipe.merging else { return }
    guard [.tomesd, .webui].contains(merging.variant) else {
      throw .worker("--merge-variant \(merging.variant.rawValue) is no rule of the web UI; leave it out")
    }
    let fixed = MergingOptions(ratio: merging.ratio, useRand: false, variant: merging.variant)
    if let other = merging.differingArgument(from: fixed) {
      throw .worker(
        other == "use_rand"
          ? "the web UI draws nothing at random (use_rand is off there); leave --merge-variant out, or add --no-rand"
          : "the web UI's API cannot set \(other); leave the option out")
    }
  }

  public func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    StatelessPrompt { [self] request, observer in try make(request, observer) }
  }

  /// The web UI's names for a scheduler.
  private func sampler(_ name: SchedulerName) throws(EngineError) -> (sampler: String, schedule: String?) {
    let known = SchedulerKind.allCases.filter { names($0) != nil }.map(\.rawValue)
    guard let kind = SchedulerKind(rawValue: name.rawValue), let names = names(kind) else {
      throw .unknownName("scheduler", value: name.rawValue, known: known)
    }
    return names
  }

  /// Nil where it has no such sampler or schedule type.
  private func names(_ kind: SchedulerKind) -> (sampler: String, schedule: String?)? {
    guard let schedules = webUI.schedules else {
      return kind.webUIName.flatMap { webUI.samplers.contains($0) ? ($0, nil) : nil }
    }
    guard let labels = kind.webUILabels, webUI.samplers.contains(labels.sampler),
      schedules.contains(labels.schedule)
    else { return nil }
    return labels
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
    let names = try sampler(sampling.scheduler)
    func text(_ prompt: String) -> String {
      sampling.promptSyntax == .plain ? LiteralPrompt.forWebUI(prompt) : prompt
    }
    return WebUIMessage.TextToImage(
      prompt: text(request.prompt), negativePrompt: text(sampling.negativePrompt), seed: request.seed.value,
      steps: steps, cfgScale: guidanceScale, width: sampling.width, height: sampling.height,
      samplerName: names.sampler, scheduler: names.schedule,
      overrideSettings: .init(tokenMergingRatio: request.recipe.ratio))
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
    guard pictures.images.indices.contains(index) else { throw answer.unexpected("it has no picture") }
    let base64 = pictures.images[index].split(separator: ",").last ?? ""
    guard let bytes = Data(base64Encoded: String(base64)) else {
      throw answer.unexpected("its picture is no base64")
    }
    let picture = try ServicePicture.decode(
      bytes, of: webUI.service.name, size: request.recipe.sampling, remedy: WebUIService.pngRemedy)
    let inside = picture.text.first { $0.key == "parameters" }?.value
    guard let text = details?.infotexts.flatMap({ $0.indices.contains(index) ? $0[index] : nil }) ?? inside
    else {
      throw answer.unexpected("it has no infotext, so that nothing says how the picture was made")
    }
    let contradictions = WebUIInfotext.contradictions(
      Infotext(parsing: text), request, modelHash: webUI.modelHash)
    guard contradictions.isEmpty else {
      throw EngineError.worker(
        "\(webUI.service.name) made another picture than was asked for: "
          + contradictions.joined(separator: "; "))
    }
    return picture.image
  }
}
