import ArgumentParser
import Benchmarking
import CheckpointForms
import Checkpoints
import DemoCheckpoint
import Engines
import Foundation
import Machine
import Pictures
import ResultStore
import StableDiffusion
import Tensors
import TokenMerging
import Wording

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machine, the checkpoints, the disk and the store.",
    discussion: """
        tome-eval doctor
        tome-eval doctor --model ~/models/stable-diffusion-v1-5 --clip ~/models/clip-vit-large-patch14
        tome-eval doctor --layers --random-weights sd15 --size 768x768
        tome-eval doctor --scaling --random-weights sd15
        tome-eval doctor --engine webui --url http://127.0.0.1:7860
        tome-eval doctor --engine sdnext
        tome-eval doctor --engine comfyui --workflow workflow_api.json
        tome-eval doctor --engine diffusers --python venv/bin/python --model stable-diffusion-v1-5

      At the end stands whether all is ready, and about how long a picture takes: a step and a decoding are measured.

      With another --engine than this program's own it says what is at the other end (versions, device, checkpoint), \
      and makes a picture of four steps there, without merging and with a ratio of 0.75: when both have the same bits, \
      merging does nothing there.

      --layers lists how every convolution of the UNet and the VAE decoder is computed instead: pointwise \
      (1×1), direct (patches and one product) or winograd (F(4×4, 3×3)), as a cost model decides by the size \
      of the map; its share of the time predicted for the part's convolutions; and how many times as long \
      the next best method would take.

      --scaling times one denoising step on 1, 2, 4 … threads instead, up to --threads, each in turn, --rounds times: \
      every part of it, how much of it lies outside of parallel loops, and how evenly threads share the loops. From \
      the chunks of the loops on one thread it computes what their cut allows on up to 64 threads, on a machine that \
      need not have them, and names the places that lose most. Nothing else should run meanwhile.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var store: StoreOptions

  @Flag(help: "List the model's convolutions and the method that each is computed by.")
  var layers = false

  @Flag(help: "Measure how the parts of a denoising step scale with threads.")
  var scaling = false

  @Option(
    help: ArgumentHelp(
      "With --layers, --scaling or --engine: pictures of this size in pixels (default: what the model was trained for).",
      valueName: "WxH"))
  var size: PictureSize?

  @Option(
    help: ArgumentHelp(
      "With --layers, --scaling or --engine diffusers: what the UNet computes in (default: fp32).",
      valueName: "fp32|bf16|fp16"))
  var precision: PrecisionName?

  @Option(help: "With --layers or --scaling: a checkpoint of this version's sizes; no download.")
  var randomWeights: RandomCheckpoint?

  @Option(
    help: ArgumentHelp(
      "With --scaling: share of the tokens to merge, 0 for none (default: 0.5).", valueName: "r"))
  var ratio: Double?

  @Option(
    help: ArgumentHelp(
      "With --scaling: how often every number of threads has its turn (default: 3).", valueName: "n"))
  var rounds: Int?

  @Flag(help: "Don't measure how long a picture takes here.")
  var noTime = false

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func validate() throws {
    let isForeign = engine.engine != .builtin
    let listed = layers ? "layers" : scaling ? "scaling" : nil
    if isForeign {
      if let listed {
        throw ValidationError("--\(listed) is of this program's own pipeline; leave --engine out")
      }
      try engine.refuse(model.modelOptions + [(name: "precision", isGiven: precision != nil)])
    }
    if let listed, let precision, Precision(rawValue: precision.rawValue) == nil {
      throw ValidationError("--\(listed) knows --precision fp32 and bf16")
    }
    if layers, scaling {
      throw ValidationError("--layers and --scaling exclude each other; give one of them")
    }
    if let rounds { try OptionRange.check("rounds", rounds, OptionRange.counts) }
    if !scaling, let option = ratio != nil ? "ratio" : rounds != nil ? "rounds" : nil {
      throw ValidationError("--\(option) says what to measure; add --scaling")
    }
    guard listed == nil else { return }
    let given = [
      ("size", size != nil && !isForeign), ("precision", precision != nil && !isForeign),
      ("random-weights", randomWeights != nil),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw ValidationError("--\(option) says which layers to list or to time; add --layers or --scaling")
    }
  }

  func run() throws {
    if layers { return try listLayers() }
    if scaling { return try measureScaling() }
    let products = Diagnosis.matrixProducts(model.processor)
    var findings = Diagnosis.machine() + [products]
    if model.model != nil {
      findings.append(Finding("demo", failing: .warning) { try DemoCheckpoint.folder().path })
    }
    findings += engine.engine == .builtin ? checkpoint() : try otherProgram()
    findings += clip()
    findings.append(Diagnosis.freeSpace(at: store.folder))
    findings.append(results())
    findings.append(verdict(findings))
    if json {
      try Terminal.printJSON(findings)
    } else {
      for finding in findings {
        let mark = finding.state == .fine ? "" : "\(finding.state.rawValue): "
        try Terminal.print("\(finding.subject): \(mark)\(finding.detail)")
      }
    }
    if findings.contains(where: { $0.state == .error }) { throw ExitCode.badInput }
  }

  /// What all of it comes to, and what to do next.
  private func verdict(_ findings: [Finding]) -> Finding {
    let errors = findings.count { $0.state == .error }
    guard errors == 0 else {
      return Finding("verdict", .error, "not ready: \(NumberText.count(errors, "error")) above")
    }
    return Finding("verdict") {
      let isMeasured = engine.engine == .builtin && !noTime
      if isMeasured { Terminal.log("measuring how long a picture takes") }
      let time = isMeasured ? ": about \(NumberText.duration(try secondsPerPicture())) a picture" : ""
      return "ready\(time); next: tome-eval sweep" + (model.model == nil ? "" : " with the same options")
    }
  }

  /// Of the model's own size and steps, without merging.
  private func secondsPerPicture() throws -> Double {
    let subject = try model.subject(nil)
    let (width, height) = try subject.defaultSize()
    func seconds(_ part: BenchmarkPart) throws -> Double {
      try TimeEstimate.seconds(BenchmarkCase(part: part, width: width, height: height), of: subject)
    }
    return try Double(model.defaultSteps()) * seconds(.unet) + seconds(.vae)
  }

  private func otherProgram() throws -> [Finding] {
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    defer { withExtendedLifetime(trap) {} }
    let wish = SamplingWish(size: size.map { ($0.width, $0.height) }, precision: precision)
    do {
      return try EngineDiagnosis(options: engine, model: model, wish: wish, cancellation: cancellation)
        .findings()
    } catch is CancellationError {
      throw ExitCode.interrupted
    }
  }

  private func listLayers() throws {
    let subject = try model.subject(randomWeights)
    let trained = try subject.defaultSize()
    let listing = try LayerListing(
      subject, width: size?.width ?? trained.width, height: size?.height ?? trained.height,
      precision: precision.flatMap { Precision(rawValue: $0.rawValue) } ?? .fp32)
    if json { try Terminal.printJSON(listing) } else { try Terminal.print(listing.text()) }
  }

  private func measureScaling() throws {
    try model.processor.use()
    try model.processor.check(precision)
    let subject = try model.subject(randomWeights)
    let trained = try subject.defaultSize()
    let merging = MergingOptions(ratio: ratio ?? 0.5)
    try merging.validate()
    let run = ScalingRun(
      subject: subject,
      item: BenchmarkCase(
        width: size?.width ?? trained.width, height: size?.height ?? trained.height,
        precision: precision.flatMap { Precision(rawValue: $0.rawValue) } ?? .fp32,
        resident: model.weightsResident, merging: merging.ratio > 0 ? merging : nil),
      rounds: rounds ?? 3, upTo: Parallel.threadCount)
    let report = try run.run { finished, total in
      Terminal.log(finished == 0 ? "warming up" : "measuring, turn \(finished) of \(total - 1)")
    }
    if json { try Terminal.printJSON(report) } else { try Terminal.print(report.text()) }
  }

  private func checkpoint() -> [Finding] {
    do {
      let checkpoint = try model.open()
      let words = try model.adapters.words()
      let family = Diagnosis.family(of: try DiffusionPipeline(checkpoint.files, words: words))
      let parts = Finding("model") { try Diagnosis.parts(of: checkpoint.files) }
      return [parts, Finding("family", .fine, family)]
        + (checkpoint.notes + words.map(\.note)).map { Finding("model", .fine, $0) }
    } catch {
      return [Finding("model", .error, Advice.added(to: "\(error)", error))]
    }
  }

  private func clip() -> [Finding] {
    do {
      let folders = try model.clipFolders(hasModel: !engine.engine.isService)
      guard !folders.isEmpty else {
        return [Finding("CLIP", .warning, "none: CLIP scores are left out; pass one with --clip DIR")]
      }
      _ = try model.loadClip(hasModel: !engine.engine.isService)
      return folders.map { folder in
        Finding("CLIP") { "\(folder.path): \(try Diagnosis.weightCount(ModelDirectory(folder)))" }
      }
    } catch {
      return [Finding("CLIP", .error, Advice.added(to: "\(error)", error))]
    }
  }

  private func results() -> Finding {
    do {
      let results = try store.openStore()
      return Finding("store") { "\(results.path): \(NumberText.count(try results.runs().count, "run"))" }
    } catch StoreError.missing(let path) {
      return Finding("store", .fine, "\(path): not there yet")
    } catch {
      return Finding("store", .error, Advice.added(to: "\(error)", error))
    }
  }
}
