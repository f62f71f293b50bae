public import ArgumentParser
import Engines
import Pictures
public import StableDiffusion
public import Tensors

extension AttentionKernel: ExpressibleByArgument {}
extension SchedulerKind: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

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

  @Option(
    help: ArgumentHelp(
      "Width and height in pixels (default: what the model was trained for).", valueName: "WxH"))
  var size: PictureSize?

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

  @Option(help: "The sampling method (default: the checkpoint's own).")
  var scheduler: SchedulerKind?

  @Option(help: "How attention is computed: tiled takes less memory, plain is the textbook's way.")
  var attention: AttentionKernel = .tiled

  @Option(
    help: "What the UNet computes in: bf16 is faster on processors with AVX-512 BF16, and less exact.")
  var precision: Precision = .fp32

  /// What was asked for; the rest is left to the engine.
  var wish: SamplingWish {
    SamplingWish(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt,
      size: size.map { ($0.width, $0.height) }, originalSize: originalSize.map { ($0.width, $0.height) },
      crop: crop.map { ($0.left, $0.top) }, scheduler: scheduler.map { .init(rawValue: $0.rawValue) },
      attention: .init(rawValue: attention.rawValue), precision: .init(rawValue: precision.rawValue))
  }

  /// Warns of what is computed slowly here.
  func warn() {
    if precision == .bf16 && !KernelSet.best.multipliesBF16 {
      Terminal.warn(
        "this processor has no instructions for bfloat16: bf16 is computed correctly, but slower than fp32")
    }
  }
}
