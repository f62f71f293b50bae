import Foundation
import Pictures

/// What is at the other end: asked once, before the first picture.
struct WebUIService: Sendable {
  let dialect: any WebUIDialect
  let service: HTTPService
  let identity: EngineIdentity
  let model: ModelIdentity
  let options: WebUIOptions
  /// Of the checkpoint, as infotexts have it.
  let modelHash: String?
  let samplers: [WebUIMessage.Sampler]
  /// Schedule types; nil for versions that have them in the samplers' names, and for those that have none.
  let schedules: [String]?
  /// Whether it says itself how long a request took.
  let tellsSeconds: Bool

  private static let api = "/sdapi/v1"
  static let secondsHeader = "x-process-time"

  /// - Throws: ``EngineError`` when it is no such service, asks for a password, or would not make unmerged pictures.
  init(_ address: ServiceAddress, _ dialect: any WebUIDialect, timeout: Duration) throws(EngineError) {
    let service = HTTPService(dialect.name, at: address, timeout: timeout, missing: dialect.missing)
    func get<Value: Decodable>(_ path: String, _ type: Value.Type) throws -> (HTTPAnswer, Value) {
      let answer = try service.get(Self.api + path, isCancelled: { false })
      return (answer, try answer.decode(type))
    }
    let (first, options) = try service.introduce { try get("/options", WebUIOptions.self) }
    let machine = try service.introduce { try dialect.machine(service) }
    try dialect.check(options, of: service)
    try Self.check(options, service, dialect)
    samplers = try service.introduce { try get("/samplers", [WebUIMessage.Sampler].self).1 }
    let models = try service.introduce { try get("/sd-models", [WebUIMessage.Checkpoint].self).1 }
    schedules = try service.introduce {
      guard dialect.listsSchedules else { return nil }
      do {
        return try get("/schedulers", [WebUIMessage.Scheduler].self).1.map(\.label)
      } catch let failure as HTTPFailure where failure.kind == .status(404) {
        return nil
      }
    }
    let checkpoint = options.text(Self.checkpointOption)
    let loaded = models.first { [$0.title, $0.modelName].contains(checkpoint) }
    modelHash = loaded?.hash
    model = ModelIdentity(
      name: loaded?.modelName ?? checkpoint, hash: loaded?.sha256 ?? loaded?.hash,
      settings: options.unusual(of: dialect.settings))
    tellsSeconds = first.headers[Self.secondsHeader] != nil
    let parts = [
      machine.version, machine.torch.map { "torch \($0)" },
      tellsSeconds ? "seconds of its own clock" : "seconds around the request",
    ].compactMap(\.self)
    identity = EngineIdentity(
      name: dialect.engine, version: parts.joined(separator: ", "), device: address.device(machine.graphics))
    self.dialect = dialect
    self.service = service
    self.options = options
  }

  private static let checkpointOption = "sd_model_checkpoint"

  private static func check(
    _ options: WebUIOptions, _ service: HTTPService, _ dialect: any WebUIDialect
  ) throws(EngineError) {
    guard options.text(checkpointOption) != nil else {
      throw .worker("\(service.name) has no checkpoint chosen; choose one there")
    }
    if let format = options.text("samples_format") ?? dialect.usualFormat, format.lowercased() != "png" {
      throw .worker(
        "\(service.name) sends pictures as \(format), whose compression would move every score; \(dialect.pngRemedy)"
      )
    }
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
