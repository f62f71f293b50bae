import Foundation
import Images
import Machine
import Metrics
import Pictures
import ResultStore
import TokenMerging

let exampleSampling = Sampling(
  steps: 20, guidanceScale: 4, negativePrompt: "b", width: 128, height: 96, scheduler: "ddim")
let exampleModel = ModelIdentity(name: "demo", fingerprint: "aa", note: "small")
let exampleSeeds: [Seed] = [7, 0]

func exampleRun(key: String = "key", name: String = "demo") -> RunRecord {
  RunRecord(
    key: key, name: name, created: Date(timeIntervalSince1970: 1_790_000_000.5), model: exampleModel,
    sampling: exampleSampling, promptSet: "mini")
}

func exampleVariant(ratio: Double, steps: Int = 20) -> VariantRecord {
  var sampling = exampleSampling
  sampling.steps = steps
  return VariantRecord(
    recipe: PictureRecipe(
      model: ModelReference(fingerprint: "aa"), sampling: sampling,
      merging: ratio == 0 ? nil : MergingOptions(ratio: ratio)), baseline: exampleSampling,
    effectiveRatio: ratio)
}

let exampleMachine = MachineDescription(
  os: "Linux", cpu: "x", cores: 2, threads: 2, kernelSet: "AVX2", memoryBytes: 1 << 34)

func exampleExecution(ofRun id: Int64, _ machine: MachineDescription = exampleMachine) -> ExecutionRecord {
  ExecutionRecord(
    runID: id, engine: .builtin, machine: machine, toolVersion: "0.1.0",
    commandLine: "tome-eval sweep --negative-prompt 'a \"blurry\" one'",
    began: Date(timeIntervalSince1970: 1_790_000_000.5))
}

func examplePicture(_ name: String, hash: String) throws -> PictureRecord {
  PictureRecord(
    base: .store, path: try PicturePath("images/\(name).png"), fileHash: hash, pixelHash: "pixels \(hash)",
    width: 128, height: 96)
}

let examplePrompts = [
  PromptRecord(row: 74, text: "a corgi", category: "Animals", challenge: "Basic", subset: "mini"),
  PromptRecord(row: 9, text: "ein „Bär“ 🐻 \"x\""),
]
let exampleVariants = [exampleVariant(ratio: 0.5), exampleVariant(ratio: 0)]
let exampleClip = ScorerRecord(kind: .clip, name: "clip", fingerprint: "bb")

func begin(_ store: ResultStore, _ run: RunRecord, scorers: [ScorerRecord] = [exampleClip]) throws
  -> RunContents
{
  try store.begin(
    run, prompts: examplePrompts, variants: exampleVariants, seeds: exampleSeeds, scorers: scorers)
}

/// Of a picture of one level against a black baseline.
func exampleDifference(
  ofSample id: Int64, picture: String, reference: String, level: UInt8 = 4
) throws -> DifferenceRecord {
  func plain(_ level: UInt8) -> RGBImage {
    RGBImage(width: 128, height: 96, pixels: .init(repeating: level, count: 128 * 96 * 3))
  }
  return DifferenceRecord(
    sampleID: id, picture: picture, reference: reference,
    difference: try PictureDifference(of: plain(level), to: plain(0)))
}
