import ArgumentParser
import Checkpoints
import DemoCheckpoint
import Evaluation
import Foundation
import ResultStore
import StableDiffusion

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machine, the checkpoints, the disk and the store.",
    discussion: """
        tome-eval doctor
        tome-eval doctor --model ~/models/stable-diffusion-v1-5 --clip ~/models/clip-vit-large-patch14
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() throws {
    model.setThreads()
    var findings = Diagnosis.machine()
    if model.model != nil {
      findings.append(Finding("demo", failing: .warning) { try DemoCheckpoint.folder().path })
    }
    findings.append(
      Finding("model") {
        _ = try model.loadPipeline()
        return try Diagnosis.parts(of: model.modelFolder())
      })
    findings.append(clip())
    findings.append(Diagnosis.freeSpace(at: store.folder))
    findings.append(results())
    if json {
      try Terminal.printJSON(findings)
    } else {
      for finding in findings {
        let mark = finding.state == .fine ? "" : "\(finding.state.rawValue): "
        print(finding.subject + ":", mark + finding.detail)
      }
    }
    if findings.contains(where: { $0.state == .error }) { throw ExitCode.badInput }
  }

  private func clip() -> Finding {
    do {
      guard let folder = try model.clipFolder() else {
        return Finding("CLIP", .warning, "none: CLIP scores are left out; pass one with --clip DIR")
      }
      return Finding("CLIP") {
        _ = try model.loadClip()
        return "\(folder.path): \(try Diagnosis.weightCount(ModelDirectory(folder)))"
      }
    } catch {
      return Finding("CLIP", .error, "\(error)")
    }
  }

  private func results() -> Finding {
    do {
      let results = try store.openStore()
      return Finding("store") { "\(results.path): \(try results.runs().count) runs" }
    } catch StoreError.missing(let path) {
      return Finding("store", .fine, "\(path): not there yet")
    } catch {
      return Finding("store", .error, "\(error)")
    }
  }
}
