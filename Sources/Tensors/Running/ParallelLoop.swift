/// What one parallel loop did: how long its chunks took, and how its threads shared them.
package struct ParallelLoop: Sendable {
  /// What it is a part of.
  package let part: TimeSplit.Part
  /// Where it stands in the program, as in `MatrixProduct.swift:78`.
  package let place: String
  /// From its beginning until its last thread had ended, in seconds.
  package let seconds: Double
  /// Of each chunk in turn, in seconds.
  package let chunks: [Double]
  /// Of each thread that took part, in seconds: those of its chunks.
  package let busy: [Double]

  package init(part: TimeSplit.Part, place: String, seconds: Double, chunks: [Double], busy: [Double]) {
    self.part = part
    self.place = place
    self.seconds = seconds
    self.chunks = chunks
    self.busy = busy
  }
}
