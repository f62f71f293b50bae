public import ArgumentParser
public import StableDiffusion
public import Tensors

extension AttentionKernel: ExpressibleByArgument {}
extension SchedulerKind: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

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
    help: "What the UNet computes in: bf16 is faster on processors with AVX-512 BF16, and less exact.")
  var precision: Precision = .fp32

  /// What was asked for, over the model's own defaults.
  func options(defaults: PipelineDefaults) -> SamplingOptions {
    var options = defaults.options
    options.steps = steps ?? options.steps
    options.guidanceScale = guidanceScale ?? options.guidanceScale
    options.negativePrompt = negativePrompt
    options.width = size?.width
    options.height = size?.height
    options.scheduler = scheduler
    options.attention = attention
    options.precision = precision
    if precision == .bf16 && !KernelSet.best.multipliesBF16 {
      Terminal.warn(
        "this processor has no instructions for bfloat16: bf16 is computed correctly, but slower than fp32")
    }
    return options
  }
}
