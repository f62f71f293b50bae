import ArgumentParser
import Engines
import Files
import Foundation

extension ComfyUINode: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    do throws(ComfyUINodeError) { try self.init(text) } catch { throw ArgumentProblem("\(error)") }
  }
}

/// Where a service is that makes pictures, and how it is asked.
struct ServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --engine webui, sdnext or comfyui: where it listens (default: http://127.0.0.1:7860, and "
        + "http://127.0.0.1:8188 for ComfyUI).",
      valueName: "address"))
  var url: String?

  @Option(
    help: ArgumentHelp(
      "With --engine webui, sdnext or comfyui: user and password for HTTP Basic, as the web UI's --api-auth and "
        + "SD.Next's --auth have them; neither printed nor stored. The environment variable TOME_EVAL_API_AUTH hides "
        + "them from the list of processes, too.",
      valueName: "user:password"))
  var apiAuth: String?

  @Option(
    help: ArgumentHelp(
      "With --engine comfyui: the workflow that makes a picture, exported with Save (API Format). Its own steps, cfg, "
        + "sampler, size and negative prompt hold unless an option asks for others.", valueName: "file"),
    completion: .file())
  var workflow: String?

  @Option(
    help: ArgumentHelp(
      "With --engine comfyui: a node or an input of the workflow that is not found by its class, as in "
        + "seed=3.inputs.seed or sampler=3; may be repeated. There are "
        + ComfyUINode.Name.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name=node.inputs.input"),
    transform: ComfyUINode.init(parsing:))
  var node: [ComfyUINode] = []

  static let authVariable = "TOME_EVAL_API_AUTH"
  /// Bytes of the largest workflow that is read.
  private static let largestWorkflow = 1 << 24

  func validate(for engine: EngineName) throws {
    func refuse(_ option: String, _ isGiven: Bool, unless engines: EngineName...) throws {
      guard isGiven, !engines.contains(engine) else { return }
      throw ValidationError(
        "--\(option) is for --engine \(engines.map(\.rawValue).joined(separator: " and "))")
    }
    try refuse("url", url != nil, unless: .webui, .sdnext, .comfyui)
    try refuse("api-auth", apiAuth != nil, unless: .webui, .sdnext, .comfyui)
    try refuse("workflow", workflow != nil, unless: .comfyui)
    try refuse("node", !node.isEmpty, unless: .comfyui)
    if engine == .comfyui, workflow == nil {
      throw ValidationError(
        "--engine comfyui needs a workflow: export one with Save (API Format), and pass it with --workflow FILE"
      )
    }
  }

  func address(for engine: EngineName) throws -> ServiceAddress {
    let usual = engine == .comfyui ? "http://127.0.0.1:8188" : "http://127.0.0.1:7860"
    let variable = ProcessInfo.processInfo.environment[Self.authVariable].flatMap { $0.isEmpty ? nil : $0 }
    return try ServiceAddress(url ?? usual, credentials: apiAuth ?? variable)
  }

  func readWorkflow() throws -> (json: Data, file: String) {
    let path = workflow ?? ""
    do throws(FileProblem) {
      return (try RegularFile.contents(path, limit: Self.largestWorkflow), path)
    } catch {
      throw ValidationError("--workflow \(path): cannot be read: \(error.reason)")
    }
  }
}

/// What a process was called with, as a store keeps it: without passwords.
enum StoredCommandLine {
  static var text: String { text(CommandLine.arguments) }

  static func text(_ words: [String]) -> String {
    let option = "--api-auth"
    var isPassword = false
    return words.map { word in
      defer { isPassword = word == option }
      if isPassword { return "…" }
      return word.hasPrefix(option + "=") ? option + "=…" : word
    }.joined(separator: " ")
  }
}
