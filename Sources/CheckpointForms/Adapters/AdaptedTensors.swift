import Checkpoints
import Tensors

/// Tensors of another source with what LoRAs add to them. Those that none is about stay where they are.
struct AdaptedTensors: TensorSource {
  let source: any TensorSource
  /// By the tensor's name, in the order in which they are added.
  let updates: [String: [LowRankUpdate]]

  var path: String { source.path }
  var keys: [String] { source.keys }
  var mappedBytes: Int { source.mappedBytes }
  func shape(of key: String) -> Shape? { source.shape(of: key) }
  func type(of key: String) -> String? { source.type(of: key) }
  var metadata: [String: String] { source.metadata }
  func name(of key: String) -> String { source.name(of: key) }

  func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    let tensor = try source.stored(key, shape)
    guard let updates = updates[key] else { return tensor }
    // Summed in fp32, and rounded once to what the file has.
    var sum = tensor.widened()
    for update in updates { sum = sum + (try update.change(shape)) }
    return StoredTensor(sum, narrowedTo: tensor.halfPrecision)
  }
}
