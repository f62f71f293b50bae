/// The cosine of the angle between two embeddings, in double precision; 0 when one of them is all zeros.
package func cosineSimilarity(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count, "embeddings of \(a.count) and \(b.count) values cannot be compared")
  var dot = 0.0
  var squaresOfA = 0.0
  var squaresOfB = 0.0
  for (x, y) in zip(a, b) {
    dot += Double(x) * Double(y)
    squaresOfA += Double(x) * Double(x)
    squaresOfB += Double(y) * Double(y)
  }
  let norms = (squaresOfA * squaresOfB).squareRoot()
  return norms == 0 ? 0 : dot / norms
}
