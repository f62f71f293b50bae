package import Checkpoints
import Layers
package import Tensors

/// CLIP's text encoder and the map into the space that texts and pictures share (transformers'
/// `CLIPTextModelWithProjection`): the second text encoder of SDXL.
package struct CLIPTextModelWithProjection: Sendable {
  package private(set) var textModel: CLIPTextModel
  private let projection: Linear

  /// The model of a `text_encoder_2` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault; every tensor of the file must have its place.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try CLIPTextConfiguration(files)
    let weights = try files.weights()
    textModel = try CLIPTextModel(nestedIn: weights, configuration, files)
    projection = try Linear(
      weights.text_projection, configuration.encoder.hiddenSize, configuration.projectionDim, bias: false)
    try weights.requireAllUsed(ignoring: CLIPTextModel.positionIDs)
  }

  /// The model with an embedding for more ids, see ``CLIPTextModel/adding(_:from:)``.
  package func adding(_ rows: Tensor, from first: Int) -> CLIPTextModelWithProjection {
    var model = self
    model.textModel = textModel.adding(rows, from: first)
    return model
  }

  /// - Parameter ids: texts of one length, start and end token included.
  /// - Returns: what the text model gives, its ``CLIPTextOutput/pooled`` projected: `[batch, projectionDim]`
  package func callAsFunction(_ ids: [[Int]]) -> CLIPTextOutput {
    textModel(ids).pooled { projection($0) }
  }
}
