import ArgumentParser
import Evaluation
import Foundation
import Machine
import Pictures
import ResultStore

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Make some of a run's pictures again and compare them bit for bit, with their files.",
    discussion: """
      The exit code is 0 when all have the stored bits and so do their files on disk, 1 when \
      some do not. On another machine differences are to be expected, and the reasons are said.

        tome-eval verify
        tome-eval verify --samples 10 --seed 1 --output Reports/sd15 --model stable-diffusion-v1-5
        tome-eval verify --files-only
      """)

  @OptionGroup var selection: RunOptions
  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("How many pictures to make again.", valueName: "k"))
  var samples = 3

  @Option(help: ArgumentHelp("Decides which ones.", valueName: "n"))
  var seed: Seed = 0

  @Flag(help: "Make no picture: only look whether the file of every picture is what was stored.")
  var filesOnly = false

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    try OptionRange.check("samples", samples, OptionRange.counts)
  }

  func run() throws {
    let (contents, folders) = try selection.read()
    if filesOnly { return try checkFiles(contents, folders) }
    try model.processor.check(contents)
    let engine = try model.loadEngine()
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    defer { withExtendedLifetime(trap) {} }
    let verification: Verification
    do {
      verification = try Verification(
        of: contents, folders: folders, engine: engine, count: samples, seed: seed,
        cancellation: cancellation
      ) { Terminal.log("[\($0)/\($1)]") }
    } catch is CancellationError {
      throw ExitCode.interrupted
    }
    if json {
      try Terminal.printJSON(VerificationSummary(verification, run: contents.run.name))
    } else {
      try Terminal.print(verification.table)
    }
    if !verification.isFine { throw ExitCode.failure }
  }

  private func checkFiles(_ contents: RunContents, _ folders: PictureFolders) throws {
    let check = try FileCheck(of: contents, folders: folders)
    if json {
      try Terminal.printJSON(FileCheckSummary(check, run: contents.run.name))
    } else {
      try Terminal.print(check.table)
    }
    if !check.changed.isEmpty { throw ExitCode.failure }
  }
}
