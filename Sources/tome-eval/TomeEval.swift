import ArgumentParser
import Foundation
import Pictures
import Tensors

/// The command line: measures what token merging does to a Stable Diffusion checkpoint's
/// pictures.
struct TomeEval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tome-eval",
    abstract: "Measures what Token Merging costs in quality and brings in speed.",
    discussion: """
      Try it on the bundled demonstration model:
        tome-eval sweep --ratios 0,0.3,0.5,0.7
        tome-eval compare

      With a checkpoint of your own (a diffusers folder of Stable Diffusion 1.x, 2.x or XL) \
      and a CLIP folder as transformers saves it:
        tome-eval sweep --model stable-diffusion-v1-5 --clip clip-vit-large-patch14 \\
          --prompts full --output Reports/sd15

      With pictures that you made with the web UI, ComfyUI or diffusers:
        tome-eval import outputs/ --clip clip-vit-large-patch14 --output Reports/mine

      Exit codes: 0 fine, 1 a gate of compare or bench or a check of verify failed, or stores that are merged \
      differ, 2 bad usage or input, 3 finished with failed, missing, changed or unscored pictures, 130 interrupted.
      """,
    version:
      "\(SweepCommand.version), kernels \(KernelSet.best.name), matrix products \(MatrixProducts.standard.rawValue)",
    subcommands: [
      SweepCommand.self, MergeCommand.self, SubmitCommand.self, ImportCommand.self, ReportCommand.self,
      CompareCommand.self, VotesCommand.self, GenerateCommand.self,
      ScoreCommand.self, InspectCommand.self,
      VerifyCommand.self, ExplainCommand.self, BenchCommand.self, BenchTurnCommand.self, MetricsCommand.self,
      DoctorCommand.self,
    ])
}

/// What the process ends with, besides 0.
extension ExitCode {
  /// Bad usage or bad input.
  static let badInput = ExitCode(2)
  /// Finished, but some pictures failed.
  static let failedPictures = ExitCode(3)
  /// Stopped by a signal, with everything kept that was finished.
  static let interrupted = ExitCode(130)
}

@main enum Program {
  static func main() {
    StandardStream.prepare()
    OutOfMemory.prepare()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try run(NegativeNumbers.joined(arguments))
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      Terminal.log(MistakenArgument.hinted(Advice.sentence(error), arguments))
      exit(ExitCode.badInput.rawValue)
    }
  }

  private static func run(_ arguments: [String]) throws {
    do {
      var command = try TomeEval.parseAsRoot(arguments)
      try command.run()
    } catch let error where !(error is ExitCode) && TomeEval.exitCode(for: error) == .success {
      // Help, the version and scripts for shells.
      try Terminal.printFormatted(TomeEval.fullMessage(for: error))
    }
  }
}
