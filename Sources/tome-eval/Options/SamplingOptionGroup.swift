public import ArgumentParser
import Engines
public import Pictures
import SamplerNames
public import Tensors

extension AttentionKernel: ExpressibleByArgument {}
extension PrecisionName: ExpressibleByArgument {}

extension SchedulerKind: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    do throws(SchedulerNameError) {
      try self.init(named: text)
    } catch {
      // The names there are stand in the option's help, which follows.
      throw ArgumentProblem(error.problem)
    }
  }
}

/// How much fresh noise is drawn, from 0 to 1.
struct Eta: ExplainedArgument, CustomStringConvertible {
  let value: Double

  init(_ value: Double) { self.value = value }

  init(parsing text: String) throws(ArgumentProblem) {
    value = try Double(parsing: text)
    guard (0...1).contains(value) else {
      throw ArgumentProblem("eta \(text) is out of range; it must be from 0 to 1")
    }
  }

  var description: String { value == 0 ? "0" : "\(value)" }
}

/// How a picture is sampled, apart from prompt, seed and merging.
struct SamplingOptionGroup: ParsableArguments {
  @Option(
    name: [.customLong("steps"), .customLong("num-inference-steps")],
    help: ArgumentHelp("Denoising steps (default: the model's own, or 20; LCM 4).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Weight of the prompt against the negative prompt; 0 or 1 for turbo, Lightning and Hyper models (default: the "
        + "model's own, or 7.5; SDXL 5, LCM 8.5).", valueName: "w"))
  var guidanceScale: Double?

  @Option(help: ArgumentHelp("What the pictures should not show.", valueName: "text"))
  var negativePrompt = ""

  @OptionGroup var syntax: PromptSyntaxOptions

  @Option(
    help: ArgumentHelp(
      "Leave out the text encoder's last layers, counted as in diffusers: 1 takes what goes into the last one, which the "
        + "web UI calls clip skip 2. As in diffusers the negative prompt keeps all layers; with --prompt-syntax webui it "
        + "does not. SDXL leaves out one more anyway (default: 0).", valueName: "n"))
  var clipSkip: Int?

  @Option(
    help: ArgumentHelp(
      "Width and height in pixels (default: what the model was trained for).", valueName: "WxH"))
  var size: PictureSize?

  @OptionGroup var hires: HiresOptionGroup

  @Option(
    help: ArgumentHelp(
      "SDXL: the size of the photograph that the picture would be, before it was scaled (default: --size).",
      valueName: "WxH"))
  var originalSize: PictureSize?

  @Option(
    help: ArgumentHelp(
      "SDXL: how many pixels were cut off the photograph, from the left and from the top (default: 0,0).",
      valueName: "X,Y"))
  var crop: PictureCorner?

  @Option(
    help: ArgumentHelp(
      "The sampling method (default: the checkpoint's own): \(SchedulerKind.summary). The names of AUTOMATIC1111's "
        + "web UI are understood, too, as in 'DPM++ 2M Karras'.", valueName: "name"))
  var scheduler: SchedulerKind?

  @Option(
    help: ArgumentHelp(
      "How much fresh noise ddim and tcd draw at every step: 0 none, 1 all that there is (tcd's gamma).",
      valueName: "n"))
  var eta = Eta(0)

  @Option(
    help: "How attention is computed: tiled takes less memory, plain is the textbook's way (default: tiled).")
  var attention: AttentionKernel?

  @Option(
    help: ArgumentHelp(
      "What the UNet computes in: bf16 is faster with AMX and with AMD's AVX-512 BF16, and less exact; fp16 is for GPUs, "
        + "by --engine diffusers (default: fp32).", valueName: "fp32|bf16|fp16"))
  var precision: PrecisionName?

  func validate() throws {
    if let clipSkip { try OptionRange.check("clip-skip", clipSkip, 0...1000) }
  }

  /// The pipeline's own, where it has it.
  var ownPrecision: Precision { precision.flatMap { Precision(rawValue: $0.rawValue) } ?? .fp32 }

  /// What only this program's own pipeline and workers can be asked for.
  var ownOptions: [(name: String, isGiven: Bool)] {
    [
      ("original-size", originalSize != nil), ("crop", crop != nil), ("eta", eta.value != 0),
      ("attention", attention != nil), ("precision", precision != nil), ("clip-skip", clipSkip != nil),
      ("hires-scale", hires.hiresScale != nil),
    ]
  }

  /// What was asked for; the rest is left to the engine.
  var wish: SamplingWish {
    SamplingWish(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt,
      size: size.map { ($0.width, $0.height) }, originalSize: originalSize.map { ($0.width, $0.height) },
      crop: crop.map { ($0.left, $0.top) }, scheduler: scheduler.map { .init(rawValue: $0.rawValue) },
      eta: eta.value, attention: attention.map { .init(rawValue: $0.rawValue) }, precision: precision,
      clipSkip: clipSkip, promptSyntax: syntax.name, hires: hires.wish)
  }

  /// Warns of what is computed slowly here.
  func warn() {
    if ownPrecision == .bf16 && !KernelSet.best.multipliesBF16 {
      Terminal.warn(
        "this processor has no fast instructions for bfloat16: bf16 is computed correctly, but slower than fp32"
      )
    }
  }
}
