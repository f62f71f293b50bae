import Checkpoints
import Foundation
import Tensors

@testable import CLIPModels
@testable import StableDiffusion

/// Every configuration file, each input read as all of them: values or an error, and a scheduler that runs.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let data = Data(bytes: start, count: count)
  let names = [
    "config.json", "preprocessor_config.json", "scheduler_config.json", "model_index.json", "tome-eval.json",
  ]
  let files = SyntheticFolder(
    path: "fuzz", files: Dictionary(uniqueKeysWithValues: names.map { ($0, data) }),
    tensors: RandomTensors(seed: 0))
  if let unet = try? UNet2DConditionModel.Configuration(files) {
    _ = unet.pictureSize(scaleFactor: 512)
    _ = unet.attendingGrids(latentWidth: 64, latentHeight: 64)
  }
  _ = try? AutoencoderKL.Configuration(files).scaleFactor
  _ = try? CLIPTextConfiguration(files)
  _ = try? CLIPConfiguration(files.fields(of: "config.json"))
  _ = try? CLIPImageProcessor(files)
  _ = try? PipelineClass(files)
  _ = try? PipelineDefaults(files)
  if let configuration = try? SchedulerConfiguration(files, of: .stableDiffusion) { run(configuration) }
  return 0
}

private func run(_ configuration: SchedulerConfiguration) {
  for steps in [1, 3, 4, 50] {
    guard var scheduler = try? configuration.inPipeline(nil).scheduler(steps: steps) else { continue }
    var generator = TorchGenerator(seed: 1)
    var sample = Tensor(zeros: [1, 1, 1, 4])
    for index in scheduler.timesteps.indices {
      let output = scheduler.scaleModelInput(sample, at: index)
      sample = scheduler.step(output, at: index, sample: sample, generator: &generator)
    }
  }
}
