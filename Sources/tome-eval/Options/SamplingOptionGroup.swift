public import ArgumentParser
import Engines
public import Pictures
public import StableDiffusion
public import Tensors

extension AttentionKernel: ExpressibleByArgument {}
extension SchedulerKind: ExpressibleByArgument {}
extension PrecisionName: ExpressibleByArgument {}

/// How a picture is sampled, apart from prompt, seed and merging.
struct SamplingOptionGroup: ParsableArguments {
  @Option(
    name: [.customLong("steps"), .customLong("num-inference-steps")],
    help: ArgumentHelp("Denoising steps (default: the model's own, or 20).", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Weight of the prompt against the negative prompt (default: the model's own, or 7.5).", valueName: "w"))
  var guidanceScale: Double?

  @Option(help: ArgumentHelp("What the pictures should not show.", valueName: "text"))
  var negativePrompt = ""

  @Option(
    help: ArgumentHelp(
      "Width and height in pixels (default: what the model was trained for).", valueName: "WxH"))
  var size: PictureSize?

  @Option(help: "The sampling method (default: the checkpoint's own).")
  var scheduler: SchedulerKind?

  @Option(help: "How attention is computed: tiled takes less memory, plain is the textbook's way.")
  var attention: AttentionKernel = .tiled

  @Option(
    help: ArgumentHelp(
      "What the UNet computes in: bf16 is faster on processors with AVX-512 BF16, and less exact; fp16 is for GPUs, "
        + "by --engine diffusers.", valueName: "fp32|bf16|fp16"))
  var precision: PrecisionName = .fp32

  /// The pipeline's own, where it has it.
  var ownPrecision: Precision { Precision(rawValue: precision.rawValue) ?? .fp32 }

  /// What was asked for; the rest is left to the engine.
  var wish: SamplingWish {
    SamplingWish(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt,
      size: size.map { ($0.width, $0.height) }, scheduler: scheduler.map { .init(rawValue: $0.rawValue) },
      attention: .init(rawValue: attention.rawValue), precision: precision)
  }

  /// Warns of what is computed slowly here.
  func warn() {
    if ownPrecision == .bf16 && !KernelSet.best.multipliesBF16 {
      Terminal.warn(
        "this processor has no instructions for bfloat16: bf16 is computed correctly, but slower than fp32")
    }
  }
}
