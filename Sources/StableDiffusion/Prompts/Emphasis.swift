import Tensors

extension Tensor {
  /// Hidden states of texts, `[texts, tokens, width]`, with every token's multiplied by its weight, and then all of a text
  /// by what gives them their mean back: `EmphasisOriginal` in the web UI's `modules/sd_emphasis.py`.
  /// - Parameter weights: of each text's tokens; nil for a text that stays as it is
  func emphasized(by weights: [[Float]?]) -> Tensor {
    precondition(shape.rank == 3 && weights.count == shape[0], "\(weights.count) texts' weights for \(shape)")
    let (tokens, width) = (shape[1], shape[2])
    var result = self
    for (text, weights) in weights.enumerated() {
      guard let weights else { continue }
      precondition(weights.count == tokens, "\(weights.count) weights for \(shape)")
      result.withUnsafeMutableBuffer { values in
        let own = text * tokens * width..<(text + 1) * tokens * width
        let before = values[own].reduce(0.0) { $0 + Double($1) }
        for index in own { values[index] *= weights[(index - own.lowerBound) / width] }
        let factor = Float(before / values[own].reduce(0.0) { $0 + Double($1) })
        for index in own { values[index] *= factor }
      }
    }
    return result
  }
}
