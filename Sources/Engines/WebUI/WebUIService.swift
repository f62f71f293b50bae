import Foundation
import Pictures

/// What is at the other end: asked once, before the first picture.
struct WebUIService: Sendable {
  let service: HTTPService
  let identity: EngineIdentity
  let model: ModelIdentity
  /// Of the checkpoint, as infotexts have it.
  let modelHash: String?
  /// By their names.
  let samplers: [String]
  /// Schedule types; nil for versions that have them in the samplers' names.
  let schedules: [String]?
  /// Whether it says itself how long a request took.
  let tellsSeconds: Bool

  private static let api = "/sdapi/v1"
  static let secondsHeader = "x-process-time"
  /// The longest that it is waited for what a machine has in it.
  private static let longestSystemInfo = Duration.seconds(30)

  /// - Throws: ``EngineError`` when it is no web UI, asks for a password, or would not make unmerged pictures.
  init(_ address: ServiceAddress, timeout: Duration) throws(EngineError) {
    let service = HTTPService(
      "the web UI", at: address, timeout: timeout, missing: "start the web UI with --api")
    func get<Value: Decodable>(_ path: String, _ type: Value.Type) throws -> (HTTPAnswer, Value) {
      let answer = try service.get(Self.api + path, isCancelled: { false })
      return (answer, try answer.decode(type))
    }
    let (first, options) = try service.introduce { try get("/options", WebUIMessage.Options.self) }
    try Self.check(options, service)
    samplers = try service.introduce { try get("/samplers", [WebUIMessage.Sampler].self).1.map(\.name) }
    let models = try service.introduce { try get("/sd-models", [WebUIMessage.Checkpoint].self).1 }
    schedules = try service.introduce {
      do {
        return try get("/schedulers", [WebUIMessage.Scheduler].self).1.map(\.label)
      } catch let failure as HTTPFailure where failure.kind == .status(404) {
        return nil
      }
    }
    let loaded = models.first { [$0.title, $0.modelName].contains(options.sdModelCheckpoint) }
    modelHash = loaded?.hash
    model = ModelIdentity(
      name: loaded?.modelName ?? options.sdModelCheckpoint, hash: loaded?.sha256 ?? loaded?.hash,
      settings: options.settings)
    tellsSeconds = first.headers[Self.secondsHeader] != nil
    let system = try? service.get(
      "/internal/sysinfo", timeout: Self.longestSystemInfo, isCancelled: { false }
    ).decode(WebUIMessage.System.self)
    identity = Self.identity(system, address, tellsSeconds: tellsSeconds)
    self.service = service
  }

  private static func check(
    _ options: WebUIMessage.Options, _ service: HTTPService
  ) throws(EngineError) {
    guard let ratio = options.tokenMergingRatio else {
      throw .worker(
        "\(service.name) has no option token_merging_ratio: it cannot merge tokens, or not by this name")
    }
    guard ratio == 0 else {
      throw .worker(
        "\(service.name) merges every picture: its own option 'Token merging ratio' is \(ratio), which also holds where a "
          + "ratio of 0 is asked for; set it to 0 (Settings, Optimizations, Token merging ratio) and apply it"
      )
    }
    guard options.sdModelCheckpoint != nil else {
      throw .worker("\(service.name) has no checkpoint chosen; choose one there")
    }
    if let format = options.samplesFormat, format.lowercased() != "png" {
      throw .worker(
        "\(service.name) sends pictures as \(format), whose compression would move every score; \(pngRemedy)")
    }
  }

  static let pngRemedy = "set 'File format for images' to png there"

  private static func identity(
    _ system: WebUIMessage.System?, _ address: ServiceAddress, tellsSeconds: Bool
  ) -> EngineIdentity {
    // As in `GPU 0: NVIDIA GeForce RTX 4090`.
    let graphics = system?.torch?.graphics.map { text in
      String(text.split(separator: ": ", maxSplits: 1).last ?? Substring(text))
    }
    let parts = [
      system?.version, system?.torch?.torchVersion.map { "torch \($0)" },
      tellsSeconds ? "seconds of its own clock" : "seconds around the request",
    ].compactMap(\.self)
    return EngineIdentity(
      name: "webui", version: parts.joined(separator: ", "), device: address.device(graphics))
  }

  func textToImage(_ body: WebUIMessage.TextToImage, isCancelled: () -> Bool) throws -> HTTPAnswer {
    try service.post(Self.api + "/txt2img", body: body.json, isCancelled: isCancelled)
  }

  /// Makes it stop what it is at, if it listens.
  func interrupt() {
    _ = try? service.post(
      Self.api + "/interrupt", body: Data("{}".utf8), timeout: HTTPService.longestFarewell,
      isCancelled: { false })
  }
}
