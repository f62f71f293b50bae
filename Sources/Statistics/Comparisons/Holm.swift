/// Holm's step-down adjustment (1979): p-values of several comparisons with one baseline, raised so that the
/// chance of any false "different" among them stays below the level.
///
/// `adjusted[i] = max over j ≤ i of min(1, (m − j) p(j))`, with p-values in ascending order; returned in the
/// order they came in.
func holmAdjusted(_ pValues: [Double]) -> [Double] {
  var adjusted = pValues
  var running = 0.0
  for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
    running = max(running, min(1, Double(pValues.count - rank) * pValues[index]))
    adjusted[index] = running
  }
  return adjusted
}
