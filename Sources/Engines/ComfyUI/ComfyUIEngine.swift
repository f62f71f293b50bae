public import Foundation
import Images
import Machine
public import Pictures
import SamplerNames
import Synchronization
import TokenMerging
import Workflows

/// Pictures by ComfyUI, with a workflow of the user's.
///
/// A picture without merging is made without the node that merges. Seconds are from the start of the workflow to its
/// end by ComfyUI's clock, which leaves out the nodes that it has not to run again, such as loaders.
public final class ComfyUIEngine: PictureEngine {
  public let identity: EngineIdentity
  public let model: ModelIdentity
  private let comfy: ComfyUIService
  private let template: ComfyUITemplate
  /// Of the workflow's file, as messages begin.
  private let file: String
  private let connection: Mutex<ServiceConnection>

  /// What a seed is combined with to make a picture that nobody asks for.
  private static let otherSeed: UInt64 = 0x5DEE_CE66

  /// - Parameters:
  ///   - workflow: in API format
  ///   - file: its name, for messages
  ///   - timeout: the longest that a picture may take
  ///   - nodes: what the user named
  /// - Throws: ``EngineError`` when it is no ComfyUI, asks for a password, or something in the workflow is not found.
  public init(
    _ address: ServiceAddress, workflow: Data, file: String, nodes: [ComfyUINode], timeout: Duration
  ) throws(EngineError) {
    do { template = try ComfyUITemplate(workflow, named: nodes) } catch { throw .worker("\(file): \(error)") }
    comfy = try ComfyUIService(address, timeout: timeout)
    identity = comfy.identity
    model = ModelIdentity(
      name: template.checkpoint ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent,
      hash: nil, settings: ["Workflow": String(template.fingerprint.prefix(16))])
    self.file = file
    connection = Mutex(ServiceConnection(comfy.service))
  }

  public func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling {
    try wish.refuseOwn(by: "ComfyUI", apartFrom: ["--prompt-syntax"])
    guard var sampling = template.own else { throw problem(.notFound(.width)) }
    if let size = wish.size { (sampling.width, sampling.height) = size }
    if let steps = wish.steps { sampling.steps = steps }
    if let scale = wish.guidanceScale { sampling.guidanceScale = scale }
    if let scheduler = wish.scheduler { sampling.scheduler = scheduler }
    sampling.promptSyntax = wish.promptSyntax
    if !wish.negativePrompt.isEmpty { sampling.negativePrompt = wish.negativePrompt }
    return sampling
  }

  public func validate(_ recipe: PictureRecipe) throws(EngineError) {
    let (sampling, own) = (recipe.sampling, template.own)
    if sampling.steps == nil { throw .incomplete(.steps) }
    if sampling.guidanceScale != own?.guidanceScale, template.guidanceScale == nil {
      throw problem(.notFound(.cfg))
    }
    if sampling.negativePrompt != own?.negativePrompt, template.negativePrompt.isEmpty {
      throw problem(.notFound(.negativePrompt))
    }
    if sampling.scheduler != own?.scheduler {
      let known = SchedulerKind.allCases.filter { $0.comfyUISampler != nil }.map(\.rawValue)
      guard known.contains(sampling.scheduler.rawValue) else {
        throw .unknownName("scheduler", value: sampling.scheduler.rawValue, known: known)
      }
      guard template.takesScheduler else { throw problem(.notFound(.samplerName)) }
    }
    guard sampling.width % 8 == 0, sampling.height % 8 == 0 else {
      throw .worker("size \(sampling.width)x\(sampling.height): ComfyUI needs multiples of 8")
    }
    guard let merging = recipe.merging else { return }
    guard merging == MergingOptions(ratio: merging.ratio, variant: .comfyui) else {
      throw .worker("ComfyUI's node merges by the rule comfyui and no other; leave --merge-variant out")
    }
  }

  private func problem(_ problem: ComfyUITemplateProblem) -> EngineError { .worker("\(file): \(problem)") }

  public func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    StatelessPrompt { [self] request, observer in try make(request, observer) }
  }

  private func make(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
    let isCancelled = { observer.cancellation.isRequested }
    let workflow = try workflow(request)
    /// What ComfyUI made last is not made again.
    func makeAnother() throws {
      var other = request
      other.seed = Seed(request.seed.value ^ Self.otherSeed)
      _ = try comfy.run(self.workflow(other), isCancelled: isCancelled)
    }
    return try connection.withLock { connection in
      try connection.picture(
        isCancelled: isCancelled,
        warmUp: makeAnother,
        interrupt: comfy.interrupt
      ) {
        var result = try comfy.run(workflow, isCancelled: isCancelled)
        if result.hasCached(template.sampler) {
          try makeAnother()
          result = try comfy.run(workflow, isCancelled: isCancelled)
        }
        return try picture(result, request, isCancelled)
      }
    }
  }

  private func workflow(_ request: PictureRequest) throws -> Data {
    try template.workflow(request) {
      request.recipe.sampling.promptSyntax == .plain ? LiteralPrompt.forComfyUI($0) : $0
    }
  }

  private func picture(
    _ result: ComfyUIMessage.Result, _ request: PictureRequest, _ isCancelled: () -> Bool
  ) throws -> MadePicture {
    let name = comfy.service.name
    guard !result.hasCached(template.sampler) else {
      throw EngineError.worker(
        "\(name) answers from its cache, without sampling: a picture that it keeps says nothing of time; start ComfyUI "
          + "without --cache-lru and --cache-ram, or with --cache-none")
    }
    guard let seconds = result.seconds else {
      throw EngineError.worker(
        "\(name) does not say when the picture began and when it was done (execution_start, execution_success); update it"
      )
    }
    let images = result.outputs.filter { template.output == nil || $0.key == template.output }
      .values.flatMap(\.images)
    guard let image = images.first, images.count == 1 else {
      throw EngineError.worker(
        "\(name) kept \(images.count) pictures, not one; name the node whose picture counts with --node output=NODE"
      )
    }
    let bytes = try comfy.picture(image, isCancelled: isCancelled)
    let decoded = try ServicePicture.decode(
      bytes, of: name, size: request.recipe.sampling, remedy: "keep it with a node SaveImage")
    return MadePicture(image: decoded.image, seconds: seconds)
  }
}
