import Checkpoints
import Foundation
import Tensors

@testable import CLIPModels
@testable import StableDiffusion

extension FuzzTarget {
  /// Every configuration file, each input read as all of them: values or an error, and a scheduler that runs.
  static let configurations = FuzzTarget("configurations") { bytes in
    let data = Data(bytes)
    func folder(_ names: String...) -> SyntheticFolder {
      SyntheticFolder(
        path: "fuzz", files: Dictionary(uniqueKeysWithValues: names.map { ($0, data) }),
        tensors: RandomTensors(seed: 0))
    }
    let files = folder(
      "config.json", "preprocessor_config.json", "scheduler_config.json", "model_index.json",
      "tome-eval.json")
    if let unet = try? UNet2DConditionModel.Configuration(files) {
      _ = unet.pictureSize(scaleFactor: 512)
      _ = unet.attendingGrids(latentWidth: 64, latentHeight: 64)
    }
    _ = try? AutoencoderKL.Configuration(files).scaleFactor
    _ = try? AutoencoderTiny.Configuration(files).scaleFactor
    _ = try? CLIPTextConfiguration(files)
    _ = try? CLIPConfiguration(files.fields(of: "config.json"))
    _ = try? CLIPImageProcessor(files).outputSize
    _ = try? CLIPImageProcessor(folder("processor_config.json")).outputSize
    _ = try? PipelineClass(files)
    _ = try? PipelineDefaults(files).options
    if let configuration = try? SchedulerConfiguration(files, of: .stableDiffusion) { run(configuration) }
  }

  private static func run(_ configuration: SchedulerConfiguration) {
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
}
