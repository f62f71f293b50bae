public import Comparisons

extension Report {
  /// How several runs stand beside each other.
  public struct Beside: Sendable {
    /// Which run is compared with which, by their places among the sources; one of both is the first.
    public let pairs: [(own: Int, reference: Int)]
    /// Whether the sheet has the rows, too, that only one run has.
    public var showsAllRows = false
    /// Whether the runs' pictures are compared pixel by pixel, for which their files are read.
    public var measuresPixels = true
    /// What is measured between them beside their pixels.
    public var distances: [PictureDistance] = []

    public init(pairs: [(own: Int, reference: Int)]) { self.pairs = pairs }
  }

  /// A run against another.
  struct Versus: Sendable {
    let comparison: Comparison
    /// Their places among the sources.
    let own: Int
    let reference: Int
  }
}
