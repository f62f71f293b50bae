/// What one parallel loop did: how long its chunks took, and how its threads shared them.
public struct ParallelLoop: Sendable {
  /// What it is a part of.
  public let part: TimeSplit.Part
  /// Where it stands in the program, as in `MatrixProduct.swift:78`.
  public let place: String
  /// From its beginning until its last thread had ended, in seconds.
  public let seconds: Double
  /// Of each chunk in turn, in seconds.
  public let chunks: [Double]
  /// Of each thread that took part, in seconds: those of its chunks.
  public let busy: [Double]

  public init(part: TimeSplit.Part, place: String, seconds: Double, chunks: [Double], busy: [Double]) {
    self.part = part
    self.place = place
    self.seconds = seconds
    self.chunks = chunks
    self.busy = busy
  }
}
