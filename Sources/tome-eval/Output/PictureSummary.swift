import Engines
import Images
import Pictures
import ResultStore

/// One picture's times and memory, for `--json`.
struct PictureSummary: Encodable {
  let path: String
  let seed: Seed
  let size: [Int]
  let effectiveRatio: Double
  let textSeconds: Double?
  let encodeSeconds: Double?
  let stepSeconds: [Double]
  let secondsPerStep: Double?
  let upscaleSeconds: Double?
  let hiresStepSeconds: [Double]?
  let decodeSeconds: Double?
  let totalSeconds: Double
  let peakMemoryBytes: Int?

  init(_ made: MadePicture, write: Double, effectiveRatio: Double, path: String, seed: Seed) {
    self.path = path
    self.seed = seed
    self.effectiveRatio = effectiveRatio
    size = [made.image.width, made.image.height]
    textSeconds = made.stages?.text
    encodeSeconds = made.stages?.encode
    stepSeconds = made.stepSeconds
    secondsPerStep = made.secondsPerStep
    upscaleSeconds = made.stages?.upscale
    hiresStepSeconds = made.hiresStepSeconds.isEmpty ? nil : made.hiresStepSeconds
    decodeSeconds = made.stages?.decode
    totalSeconds = made.seconds + write
    peakMemoryBytes = made.peakMemoryBytes
  }
}
