import ArgumentParser
import Benchmarking
import CheckpointForms
import StableDiffusion
import Tensors
import TokenMerging
import Wording

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a checkpoint is, where tokens merge in it, and what a picture costs.",
    discussion: """
      Headers and configurations are read, weights only where the time is measured (two UNet evaluations and two \
      decodings).

        tome-eval inspect stable-diffusion-v1-5
        tome-eval inspect v1-5-pruned-emaonly.safetensors --size 768x768 --ratios 0.5,0.75
        tome-eval inspect stabilityai/sdxl-turbo --max-downsample 2 --no-time
      """)

  @Argument(
    help: ArgumentHelp(
      "A folder in diffusers layout, a single safetensors file, or org/name in the Hugging Face cache (default: the "
        + "bundled demonstration model).", valueName: "model"),
    completion: .file())
  var model: String?

  @OptionGroup var form: CheckpointFormOptions
  @OptionGroup var merging: MergingOptionGroup

  @Option(help: ArgumentHelp("Shares of the tokens to merge.", valueName: "r,r,…"))
  var ratios = CommaSeparated<Double>([0.3, 0.5, 0.7])

  @Option(
    help: ArgumentHelp(
      "Pictures of this size in pixels (default: what the model was trained for).", valueName: "WxH"))
  var size: PictureSize?

  @Option(help: ArgumentHelp("Denoising steps of a picture (default: the model's own).", valueName: "n"))
  var steps: Int?

  @OptionGroup var processor: ProcessorOptions

  @Flag(help: "Don't measure how long a picture takes here.")
  var noTime = false

  @Flag(help: "Print what was found as JSON.")
  var json = false

  func validate() throws {
    if let steps { try OptionRange.check("steps", steps, 1...100_000) }
    if let ratio = ratios.values.first(where: { !(0...1).contains($0) }) {
      throw ValidationError("--ratios must be from 0 to 1, one is \(NumberText.exact(ratio))")
    }
  }

  func run() throws {
    try processor.use()
    let location = try form.location(of: model)
    let inspection = try ModelInspection(location)
    var summary = InspectionSummary(inspection)
    if let pipeline = inspection.pipeline {
      let own = pipeline.defaultSize
      let (width, height) = (size?.width ?? own.width, size?.height ?? own.height)
      let options = try ratios.values.map(merging.options)
      for option in options {
        try pipeline.validate(SamplingOptions(width: width, height: height), merging: option)
      }
      summary.describePictures(
        of: pipeline, width: width, height: height, steps: steps ?? pipeline.defaults.options.steps, options)
      let subject = BenchmarkSubject.checkpoint(location)
      try summary.addCosts(of: subject, options, threads: Parallel.threadCount)
      if !noTime {
        Terminal.log("measuring how long a step takes")
        try summary.addTime(of: subject)
      }
    }
    if json { try Terminal.printJSON(summary) } else { try Terminal.print(summary.text()) }
    if !inspection.problems.isEmpty { throw ExitCode.badInput }
  }
}
