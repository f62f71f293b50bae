import Checkpoints
import Foundation

/// A model, or a part of one, with LoRAs added to its weights. It is identified as without them.
struct AdaptedFiles: ModelFiles {
  let base: any ModelFiles
  /// By the name of the part and that of the tensor.
  let updates: [String: [String: [LowRankUpdate]]]
  /// Which part it is; nil for the whole model.
  var part: String?

  var path: String { base.path }
  var resident: WeightsResidency { base.resident }
  var variant: String? { base.variant }
  func has(_ name: String) -> Bool { base.has(name) }
  func data(_ name: String) throws(CheckpointError) -> Data { try base.data(name) }
  func weightsName() throws(CheckpointError) -> String { try base.weightsName() }
  func digests(of name: String) throws(CheckpointError) -> [String] { try base.digests(of: name) }

  func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
    AdaptedFiles(base: try base.component(name), updates: updates, part: part.map { "\($0)/\(name)" } ?? name)
  }

  func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    let tensors = try base.tensors(name)
    guard let own = part.flatMap({ updates[$0] }) else { return tensors }
    return AdaptedTensors(source: tensors, updates: own)
  }
}
