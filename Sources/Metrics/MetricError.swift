/// Why pictures cannot be compared.
public enum MetricError: Error, Equatable, CustomStringConvertible {
  /// Sizes as width, height.
  case differentSizes(image: [Int], baseline: [Int])

  /// One sentence for people.
  public var description: String {
    switch self {
    case .differentSizes(let image, let baseline):
      "the picture is \(image[0])x\(image[1]), its baseline \(baseline[0])x\(baseline[1]); "
        + "compare pictures of one size"
    }
  }
}
