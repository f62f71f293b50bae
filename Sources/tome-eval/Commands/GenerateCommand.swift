import ArgumentParser
import Engines
import Evaluation
import Foundation
import Images
import Pictures
import ResultStore
import TokenMerging
import Wording

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make one picture.",
    discussion: """
        tome-eval generate --prompt "a red cube" --output cube.png
        tome-eval generate --prompt "a red cube" --output merged.png --ratio 0.5 --seed 7 --json
        tome-eval generate --prompt "a red cube" --output large.png --ratio 0.5 --hires-scale 2 --hires-steps 10 \\
          --denoising-strength 0.5
        tome-eval generate --prompt "a blue cube" --init-image cube.png --strength 0.6 --output blue.png
        tome-eval generate --prompt "a (red:1.2) cube" --prompt-syntax webui --model v1-5.safetensors \\
          --lora style.safetensors:0.8 --embedding word.safetensors --clip-skip 1 --output styled.png
      """)

  @Option(help: ArgumentHelp("What the picture should show.", valueName: "text"))
  var prompt: String

  @Option(
    help: ArgumentHelp("The PNG file to write.", valueName: "file"), completion: .file(extensions: ["png"]))
  var output: String

  @Option(help: ArgumentHelp("Share of the tokens to merge, 0 to 1; 0 merges nothing.", valueName: "r"))
  var ratio = 0.0

  @Option(help: ArgumentHelp("Where the noise starts from, 0 to 2⁶⁴−1.", valueName: "n"))
  var seed: Seed = 0

  @OptionGroup var model: ModelOptions
  @OptionGroup var sampling: SamplingOptionGroup
  @OptionGroup var start: InitImageOptions
  @OptionGroup var merging: MergingOptionGroup

  @Option(
    help:
      "Whose merging rule: webui (SD.Next too) draws nothing, comfyui merges queries only, todo thins keys and values."
  )
  var mergeVariant: MergeVariant = .tomesd

  @Option(
    help: ArgumentHelp(
      "For todo, instead of --ratio: by how much keys and values are thinned along both sides; 2 is a ratio of 0.75.",
      valueName: "f"))
  var factor: Double?

  @Option(
    help: ArgumentHelp(
      "The ratio of the second pass that --hires-scale adds: same for that of the first, or a share of the tokens.",
      valueName: "r"))
  var hiresRatio = HiresRatio.same

  @Flag(help: "Print times and memory as JSON.")
  var json = false

  func validate() throws {
    try model.processor.check(sampling.precision)
    if case .other = hiresRatio, sampling.hires.hiresScale == nil {
      throw ValidationError(
        "--hires-ratio is of a second pass; add one with --hires-scale, as in --hires-scale 2")
    }
    if start.initImage != nil, sampling.hires.hiresScale != nil {
      throw ValidationError(
        "--hires-scale enlarges what is begun from noise; leave out --init-image, or enlarge that")
    }
    if let factor {
      guard mergeVariant == .todo else {
        throw ValidationError("--factor is for Token Downsampling alone; add --merge-variant todo")
      }
      guard ratio == 0 else { throw ValidationError("--factor takes the place of --ratio; give one of them") }
      guard MergingOptions.factors.contains(factor) else {
        throw ValidationError("--factor must be 1 or more, it is \(NumberText.exact(factor))")
      }
    }
    let suffix = URL(fileURLWithPath: output).pathExtension
    if ["jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "jxl"].contains(
      suffix.lowercased())
    {
      throw ValidationError(
        "--output \(output): pictures are written as PNG, not as .\(suffix); end its name with .png")
    }
  }

  func run() throws {
    let file = URL(fileURLWithPath: output)
    try NamedFile.check(file)
    let begun = try start.load()
    let size = sampling.size ?? begun.map { PictureSize(width: $0.picture.width, height: $0.picture.height) }
    if let estimate = try PictureEstimate(model, sampling, size: size) { Terminal.log("\(estimate)") }
    let engine = try model.loadEngine(initImage: begun?.picture)
    sampling.warn()
    let ratio = factor.map(MergingOptions.ratio(factor:)) ?? self.ratio
    var merging = try merging.options(ratio: ratio)
    merging.variant = mergeVariant
    var wish = sampling.wish
    wish.initImage = begun?.identity
    let settled = try engine.resolve(wish)
    let second = settled.hires == nil ? nil : merging.applied(ratio: hiresRatio.ratio(orSame: ratio))
    let recipe = PictureRecipe(
      model: engine.model.reference, sampling: settled, merging: merging.applied(ratio: ratio),
      hiresMerging: second)
    try engine.validate(recipe)
    let grids = engine.attendingGrids(settled)
    let variant = VariantRecord(
      recipe: recipe, baseline: settled, effectiveRatio: recipe.effectiveRatio(over: engine.attendingGrids))
    if let notice = MergingNotice.of(variant, grids: grids) { Terminal.warn(notice) }
    if variant.effectiveRatio > 0, let notice = MergingNotice.unpaired([recipe], hasPair: engine.hasPair) {
      Terminal.warn(notice)
    }
    if let notice = HiresNotice.of(settled) { Terminal.warn(notice) }
    let request = PictureRequest(recipe, prompt: prompt, seed: seed)
    let ready = try engine.begin(prompt: prompt, sampling: settled)
    for text in ready.unread { Terminal.warn("\(text)") }
    let made = try ready.picture(request, PictureObserver())
    let start = ContinuousClock.now
    let metadata = PictureMetadata(request: request, modelName: engine.model.name)
    try NamedFile.write(PNGCodec.encode(made.image, text: metadata.textChunks), to: file)
    let write = start.duration(to: .now) / .seconds(1)
    if json {
      try Terminal.printJSON(
        PictureSummary(
          made, write: write, effectiveRatio: variant.effectiveRatio, path: file.path, seed: seed))
    } else {
      try Terminal.print(file.path)
    }
  }
}
