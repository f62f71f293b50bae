public import Checkpoints
import Layers
import Tensors

/// LAION's aesthetic predictor (Schuhmann 2022): how people would rate a picture, about 1 to 10, by its embedding of CLIP
/// ViT-L/14. Both published heads: a linear map (`aesthetic-predictor`), and five in a row with nothing but dropout
/// between them (`improved-aesthetic-predictor`).
public struct AestheticPredictor: Sendable {
  private let files: LoadedFiles
  private let name: String
  private let layers: [Linear]
  /// Numbers of an embedding that it rates.
  public let embeddingSize: Int

  /// - Parameters:
  ///   - folder: where the file is
  ///   - name: of a safetensors file with `weight` and `bias`, or `layers.0.weight`, `layers.0.bias`, `layers.2.weight` …
  /// - Throws: ``CheckpointError`` naming the file and the tensor at fault.
  public init(_ folder: any ModelFiles, name: String) throws(CheckpointError) {
    let files = LoadedFiles(folder)
    self.files = files
    self.name = name
    let source = try files.tensors(name)
    if let key = source.firstNotFinite {
      throw .badConfiguration(
        path: source.path, field: key,
        reason: "holds values that are not finite numbers; download or export it again")
    }
    let weights = Weights(source)
    let isLinear = weights.has("weight")
    // Dropout has its places in the row, but no weights.
    let places =
      isLinear ? [weights] : (0..<Self.mostLayers).map { weights.layers[$0] }.filter { $0.has("weight") }
    guard let first = places.first?.shape("weight"), first.rank == 2 else {
      throw .mistaken(
        path: source.path, what: "no aesthetic predictor, which has a tensor 'weight' or 'layers.0.weight'",
        advice: "pass LAION's linear or MLP head as safetensors")
    }
    embeddingSize = first[1]
    var (layers, size): ([Linear], Int) = ([], first[1])
    for (index, place) in places.enumerated() {
      // The last one gives the rating.
      let output = index == places.count - 1 ? 1 : place.shape("weight").map { $0.dimensions.first ?? 1 } ?? 1
      layers.append(try Linear(place, size, output))
      size = output
    }
    self.layers = layers
    try weights.requireAllUsed(ignoring: [])
  }

  private static let mostLayers = 64

  /// A name for exactly these weights, see `LoadedFiles`.
  public var fingerprint: String {
    get throws(CheckpointError) { try files.fingerprint }
  }

  /// - Throws: ``CheckpointError`` when it rates embeddings of another size.
  public func requireFits(embeddingSize size: Int, of clip: String) throws(CheckpointError) {
    guard size == embeddingSize else {
      throw .badConfiguration(
        path: files.path(of: name), field: "weight",
        reason:
          "rates embeddings of \(embeddingSize) values, those of \(clip) have \(size); LAION's heads are for "
          + "CLIP ViT-L/14")
    }
  }

  /// - Parameter embedding: a picture's, of length 1
  public func score(_ embedding: [Float]) -> Double {
    precondition(
      embedding.count == embeddingSize, "an embedding of \(embedding.count) values, expected \(embeddingSize)"
    )
    return Double(layers.reduce(Tensor(embedding, shape: [1, embeddingSize])) { $1($0) }.values[0])
  }
}
