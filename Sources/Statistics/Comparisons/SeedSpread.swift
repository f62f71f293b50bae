/// How far the scores of one prompt's pictures scatter from seed to seed: the pooled standard deviation
/// `√(Σ (x − mean of its prompt)² / Σ (seeds of a prompt − 1))`.
/// - Parameter values: Of every prompt, one of each seed; prompts with one seed say nothing.
/// - Returns: nil where no prompt has two.
public func seedSpread(_ values: [[Double]]) -> Double? {
  var (squares, freedom) = (0.0, 0)
  for seeds in values where seeds.count > 1 {
    let mean = seeds.mean
    squares += seeds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    freedom += seeds.count - 1
  }
  return freedom > 0 ? (squares / Double(freedom)).squareRoot() : nil
}
