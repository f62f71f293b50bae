import ArgumentParser
import Benchmarking
import CheckpointForms
import Checkpoints
import DemoCheckpoint
import Foundation
import ResultStore
import StableDiffusion
import Tensors
import Wording

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machine, the checkpoints, the disk and the store.",
    discussion: """
        tome-eval doctor
        tome-eval doctor --model ~/models/stable-diffusion-v1-5 --clip ~/models/clip-vit-large-patch14
        tome-eval doctor --layers --random-weights sd15 --size 768x768

      --layers lists how every convolution of the UNet and the VAE decoder is computed instead: pointwise \
      (1×1), direct (patches and one product) or winograd (F(4×4, 3×3)), as a cost model decides by the size \
      of the map; its share of the time predicted for the part's convolutions; and how many times as long \
      the next best method would take.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var store: StoreOptions

  @Flag(help: "List the model's convolutions and the method that each is computed by.")
  var layers = false

  @Option(
    help: ArgumentHelp(
      "With --layers: pictures of this size in pixels (default: what the model was trained for).",
      valueName: "WxH"))
  var size: PictureSize?

  @Option(help: "With --layers: what the UNet computes in (default: fp32).")
  var precision: Precision?

  @Option(help: "With --layers: a checkpoint of this version's sizes; no download.")
  var randomWeights: RandomCheckpoint?

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func validate() throws {
    guard !layers else { return }
    let given = [
      ("size", size != nil), ("precision", precision != nil), ("random-weights", randomWeights != nil),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw ValidationError("--\(option) says which layers to list; add --layers")
    }
  }

  func run() throws {
    model.setThreads()
    if layers { return try listLayers() }
    var findings = Diagnosis.machine()
    if model.model != nil {
      findings.append(Finding("demo", failing: .warning) { try DemoCheckpoint.folder().path })
    }
    findings += checkpoint()
    findings += clip()
    findings.append(Diagnosis.freeSpace(at: store.folder))
    findings.append(results())
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

  private func listLayers() throws {
    let subject = try model.subject(randomWeights)
    let trained = try subject.defaultSize()
    let listing = try LayerListing(
      subject, width: size?.width ?? trained.width, height: size?.height ?? trained.height,
      precision: precision ?? .fp32)
    if json { try Terminal.printJSON(listing) } else { try Terminal.print(listing.text()) }
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
      let folders = try model.clipFolders()
      guard !folders.isEmpty else {
        return [Finding("CLIP", .warning, "none: CLIP scores are left out; pass one with --clip DIR")]
      }
      _ = try model.loadClip()
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
