import Benchmarking
import Tensors
import Wording

/// How every convolution of a model is computed, as a table and as JSON.
struct LayerListing: Encodable {
  struct Layer: Encodable {
    let part: String
    let name: String
    let batch: Int
    /// Of the input, in pixels.
    let height: Int
    let width: Int
    let input: Int
    let output: Int
    let kernel: Int
    let stride: Int
    let method: String
    /// Of the predicted time of the part's convolutions.
    let costShare: Double
    /// Predicted time of the next best method over that of this one.
    let nextBest: Double?
  }

  let width: Int
  let height: Int
  let precision: String
  let layers: [Layer]

  /// - Throws: as loading the model does, or when it cannot make pictures of that size.
  init(_ subject: BenchmarkSubject, width: Int, height: Int, precision: Precision) throws {
    self.width = width
    self.height = height
    self.precision = precision.rawValue
    var layers: [Layer] = []
    for part in [BenchmarkPart.unet, .vae] {
      let item = BenchmarkCase(part: part, width: width, height: height, precision: precision)
      let planned = try ConvolutionPlan.convolutions(item, of: subject)
      let total = planned.reduce(0) { $0 + $1.cost }
      layers += planned.map { Layer(part, $0, total: total) }
    }
    self.layers = layers
  }

  func text() -> String {
    let columns = [
      TextTable.Column(title: "part", isText: true), .init(title: "convolution", isText: true),
      .init(title: "map"), .init(title: "channels"), .init(title: "kernel"),
      .init(title: "method", isText: true), .init(title: "share of time"), .init(title: "next best"),
    ]
    let rows = layers.map { layer in
      [
        layer.part, layer.name, "\(layer.width)×\(layer.height)", "\(layer.input) → \(layer.output)",
        "\(layer.kernel)×\(layer.kernel)" + (layer.stride > 1 ? " / \(layer.stride)" : ""), layer.method,
        NumberText.fixed(100 * layer.costShare, 1) + " %",
        layer.nextBest.map { "×" + NumberText.fixed($0, 2) } ?? "–",
      ]
    }
    return TextTable(columns: columns, rows: rows).aligned()
  }
}

extension LayerListing.Layer {
  init(_ part: BenchmarkPart, _ planned: PlannedConvolution, total: Double) {
    let size = planned.size
    self.init(
      part: part.rawValue, name: planned.name, batch: size.batch, height: size.height, width: size.width,
      input: size.input, output: size.output, kernel: size.geometry.kernel, stride: size.geometry.stride,
      method: planned.method.rawValue, costShare: planned.cost / total, nextBest: planned.costOfNextBest)
  }
}
