import ArgumentParser
import CheckpointForms
import Checkpoints
import Engines
import Files
import Foundation
import Pictures
import StableDiffusion
import TokenMerging

/// What makes the pictures.
enum EngineName: String, CaseIterable, ExpressibleByArgument {
  case builtin, diffusers, webui, sdnext, comfyui, command

  /// Whether it is a service that has a checkpoint of its own, and is not told of one.
  var isService: Bool { [.webui, .sdnext, .comfyui].contains(self) }

  /// The rule by which it merges where none is asked for.
  var mergeVariant: MergeVariant {
    switch self {
    case .builtin, .diffusers, .command: .tomesd
    case .webui, .sdnext: .webui
    case .comfyui: .comfyui
    }
  }
}

/// Which program makes the pictures, and how it is started.
struct EngineOptions: ParsableArguments {
  @Option(
    help: """
      What makes the pictures: this program's own pipeline on the CPU (builtin), diffusers and tomesd in your own \
      Python (diffusers), AUTOMATIC1111's web UI or one with its API (webui), SD.Next (sdnext), ComfyUI (comfyui), or \
      any program that speaks the protocol of docs/worker-protocol.md (command).
      """)
  var engine: EngineName = .builtin

  @Option(
    help: ArgumentHelp(
      "With --engine diffusers: the interpreter that has diffusers and tomesd.", valueName: "path"),
    completion: .file())
  var python = "python3"

  @Option(
    help: ArgumentHelp(
      "With --engine command: the program and its arguments, as a shell reads them.", valueName: "words"))
  var command: String?

  @Option(
    help: ArgumentHelp(
      "With --engine diffusers: what it computes on, as torch names it (default: cuda or mps where there is one).",
      valueName: "cpu|cuda|mps"))
  var device: String?

  @OptionGroup var service: ServiceOptions

  @Option(
    help: ArgumentHelp(
      "The longest that another program may take for a picture, or to load its model.", valueName: "seconds"))
  var timeout = 600

  func validate() throws {
    try OptionRange.check("timeout", timeout, 1...86_400)
    if engine == .command, command == nil {
      throw ValidationError("--engine command needs the program: pass --command \"…\"")
    }
    if engine != .command, command != nil { throw ValidationError("--command is for --engine command") }
    if engine != .diffusers, device != nil { throw ValidationError("--device is for --engine diffusers") }
    try service.validate(for: engine)
  }

  /// Loads the model into the engine.
  /// - Parameter folder: where another program may leave pictures until they are taken
  func load(_ model: ModelOptions, precision: PrecisionName?, folder: URL) throws -> any PictureEngine {
    let scratch = folder.appendingPathComponent(".engine-\(ProcessInfo.processInfo.processIdentifier)")
    let timeout = Duration.seconds(timeout)
    let precision = precision ?? .fp32
    if engine != .builtin, let option = model.adapters.given.first {
      throw ValidationError("\(option) is for this program's own pipeline; leave --engine out, or \(option)")
    }
    switch engine {
    case .builtin: return try model.loadEngine()
    case .diffusers:
      let source = try model.source()
      return try WorkerEngine(
        name: engine.rawValue, command: [python, "-u", "-c", WorkerEngine.diffusersScript],
        model: source.path,
        identity: source.identity, device: device, precision: precision, timeout: timeout, folder: scratch)
    case .webui:
      return try WebUIEngine(service.address(for: engine), kind: .automatic1111, timeout: timeout)
    case .sdnext:
      return try WebUIEngine(service.address(for: engine), kind: .sdNext, timeout: timeout)
    case .comfyui:
      let (workflow, file) = try service.readWorkflow()
      return try ComfyUIEngine(
        service.address(for: engine), workflow: workflow, file: file, nodes: service.node, timeout: timeout)
    case .command:
      return try WorkerEngine(
        name: engine.rawValue, command: ["/bin/sh", "-c", "exec \(command ?? "")"], model: model.model,
        identity: nil, device: nil, precision: precision, timeout: timeout, folder: scratch)
    }
  }

  /// - Throws: `ValidationError` when the engine does not read prompts so.
  func check(_ syntax: PromptSyntaxOptions) throws {
    let readers = syntax.promptSyntax.readers
    guard !readers.contains(engine) else { return }
    throw ValidationError(
      "--prompt-syntax \(syntax.promptSyntax.rawValue) is for --engine "
        + readers.map(\.rawValue).joined(separator: " and "))
  }

  /// - Throws: `ValidationError` naming an option that is given, and that a service cannot be asked for.
  func refuse(_ options: [(name: String, isGiven: Bool)]) throws {
    guard engine.isService, let other = options.first(where: \.isGiven) else { return }
    throw ValidationError(
      "--\(other.name) is nothing that --engine \(engine.rawValue) can be asked for; leave it out")
  }
}

extension ModelOptions {
  /// The model as another program is told of it, and as results name it: a folder or a file by its contents, anything
  /// else by its name.
  fileprivate func source() throws -> (path: String, identity: ModelIdentity?) {
    let path = try location().path
    guard FileManager.default.fileExists(atPath: path) else { return (path, nil) }
    let url = URL(fileURLWithPath: path)
    let defaults = try? PipelineDefaults(ModelDirectory(url))
    return (
      path,
      ModelIdentity(
        name: defaults?.name ?? url.deletingPathExtension().lastPathComponent,
        fingerprint: try FolderFingerprint.of(url, cache: DigestCache()), note: defaults?.note)
    )
  }
}
