import CheckpointForms
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Miniatures with LoRAs, against diffusers with PEFT. Fixtures: `Tests/Reference/adapters.py`.
@Suite(.everyProductBackend) struct AdapterTests {
  private struct Settings: Decodable {
    let pictures: [ReferencePicture]
  }

  @Test(arguments: AdapterFixture.models)
  func `LoRAs make diffusers' pictures`(model: String) throws {
    let adapters = try AdapterFixture(model)
    let fixture = adapters.fixture
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      let items = try fixture.settings(Settings.self).pictures
      try adapters.model.write(scheduler: try #require(items.first).scheduler, to: place)
      for item in items {
        let location = CheckpointLocation(
          path: place.path,
          loras: try (item.loras ?? []).map { lora in
            LoRAChoice(path: try adapters.writeLoRA(lora.name, to: folder).path, scale: lora.scale)
          })
        let picture = try item.drawn(by: DiffusionPipeline(location.open(environment: [:]).files))
        expectAlike(picture, try fixture.bytes(item.name), "\(model) \(item.name)")
      }
    }
  }
}
