import Foundation
import Pictures
import Synchronization

/// A ComfyUI that runs workflows, one at a time.
final class ComfyUIService: Sendable {
  let service: HTTPService
  let identity: EngineIdentity
  private let client = UUID().uuidString
  /// What it is at for us.
  private let running = Mutex<String?>(nil)

  /// How often it is asked whether it has finished.
  private static let pause = 0.1

  /// - Throws: ``EngineError`` when it is no ComfyUI, or has no node that merges
  init(_ address: ServiceAddress, timeout: Duration) throws(EngineError) {
    let service = HTTPService("ComfyUI", at: address, timeout: timeout, missing: "is it a ComfyUI?")
    let stats = try service.introduce {
      try service.get("/system_stats", isCancelled: { false }).decode(ComfyUIMessage.Stats.self)
    }
    let node = ComfyUITemplate.mergingNode
    let known = try service.introduce {
      try service.get("/object_info/\(node)", isCancelled: { false }).decode([String: Empty].self)
    }
    guard known[node] != nil else {
      throw .worker("\(service.name) has no node \(node), which merges tokens; update it")
    }
    let parts = [stats.system.comfyuiVersion, stats.system.pytorchVersion.map { "torch \($0)" }]
    identity = EngineIdentity(
      name: "comfyui", version: parts.compactMap(\.self).joined(separator: ", "),
      device: address.device(stats.devices?.first?.name))
    self.service = service
  }

  /// Any object.
  private struct Empty: Decodable {}

  /// Runs a workflow to its end.
  /// - Throws: ``HTTPFailure``; ``EngineError`` saying what ComfyUI says of the workflow; `CancellationError`
  func run(_ workflow: Data, isCancelled: () -> Bool) throws -> ComfyUIMessage.Result {
    let deadline = ContinuousClock.now + service.timeout
    let body = Data("{\"client_id\":\"\(client)\",\"prompt\":".utf8) + workflow + Data("}".utf8)
    let accepted = try service.post("/prompt", body: body, isCancelled: isCancelled)
      .decode(ComfyUIMessage.Accepted.self)
    running.withLock { $0 = accepted.promptId }
    if let errors = accepted.nodeErrors?.sentences, !errors.isEmpty {
      interrupt()
      throw EngineError.worker("\(service.name) refuses the workflow: \(errors.joined(separator: "; "))")
    }
    let result = try wait(for: accepted.promptId, until: deadline, isCancelled)
    running.withLock { $0 = nil }
    guard result.status?.completed != false else { throw failure(result) }
    return result
  }

  private func wait(
    for id: String, until deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool
  ) throws -> ComfyUIMessage.Result {
    while true {
      let answer = try service.get("/history/\(id)", isCancelled: isCancelled)
      if let result = try answer.decode([String: ComfyUIMessage.Result].self)[id] { return result }
      guard ContinuousClock.now < deadline else {
        throw HTTPFailure(
          .late, "has not finished a picture within \(Int(service.timeout / .seconds(1))) s (--timeout)")
      }
      try service.sleep(Self.pause, isCancelled)
    }
  }

  private func failure(_ result: ComfyUIMessage.Result) -> EngineError {
    if let error = result.data("execution_error") {
      let words = [error.exceptionType, error.exceptionMessage].compactMap(\.self).joined(separator: ": ")
      return .worker(
        "\(service.name) fails at node \(error.nodeId ?? "?") (\(error.nodeType ?? "?")): \(ServiceWords.short(words))"
      )
    }
    if result.data("execution_interrupted") != nil {
      return .worker("\(service.name) was interrupted in the midst of the picture")
    }
    return .worker(
      "\(service.name) did not finish the picture: \(result.status?.statusStr ?? "it does not say why")")
  }

  /// The bytes of a picture that it keeps.
  func picture(_ image: ComfyUIMessage.Result.Image, isCancelled: () -> Bool) throws -> Data {
    try service.get(
      "/view",
      query: [("filename", image.filename), ("subfolder", image.subfolder), ("type", image.type)],
      isCancelled: isCancelled
    ).body
  }

  /// Makes it stop what it is at for us, or forget what still waits, if it listens.
  func interrupt() {
    guard
      let id = running.withLock({ id in
        defer { id = nil }
        return id
      })
    else { return }
    // Older versions stop whatever runs.
    for (path, body) in [("/queue", "{\"delete\":[\"\(id)\"]}"), ("/interrupt", "{\"prompt_id\":\"\(id)\"}")]
    {
      _ = try? service.post(
        path, body: Data(body.utf8), timeout: HTTPService.longestFarewell, isCancelled: { false })
    }
  }
}
