import Images

/// A `preprocessor_config.json`; what it leaves out has the value that transformers'
/// class gives it.
struct CLIPImageProcessorSettings: Decodable {
  let doResize: Bool
  let doCenterCrop: Bool
  let doRescale: Bool
  let doNormalize: Bool
  let size: CLIPImageProcessor.Size
  let cropSize: (height: Int, width: Int)
  let filter: ResamplingFilter
  let rescaleFactor: Double
  let mean: [Float]
  let deviation: [Float]

  private enum CodingKeys: String, CodingKey {
    case doResize = "do_resize"
    case doCenterCrop = "do_center_crop"
    case doRescale = "do_rescale"
    case doNormalize = "do_normalize"
    case size
    case cropSize = "crop_size"
    case resample
    case rescaleFactor = "rescale_factor"
    case mean = "image_mean"
    case deviation = "image_std"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func flag(_ key: CodingKeys) throws -> Bool { try fields.decodeIfPresent(Bool.self, forKey: key) ?? true }
    func wrong(_ key: CodingKeys, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: fields, debugDescription: reason)
    }
    doResize = try flag(.doResize)
    doCenterCrop = try flag(.doCenterCrop)
    doRescale = try flag(.doRescale)
    doNormalize = try flag(.doNormalize)

    switch try fields.decodeIfPresent(SizeField.self, forKey: .size) ?? .edge(224) {
    case .edge(let edge): size = .shortestEdge(edge)
    case .sides(let height, let width): size = .exactly(height: height, width: width)
    }
    switch try fields.decodeIfPresent(SizeField.self, forKey: .cropSize) ?? .edge(224) {
    case .edge(let edge): cropSize = (edge, edge)
    case .sides(let height, let width): cropSize = (height, width)
    }

    // Pillow's numbers.
    let filters: [Int: ResamplingFilter] = [1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box]
    let resample = try fields.decodeIfPresent(Int.self, forKey: .resample) ?? 3
    guard let filter = filters[resample] else {
      throw wrong(.resample, "is \(resample); supported are \(filters.keys.sorted())")
    }
    self.filter = filter

    rescaleFactor = try fields.decodeIfPresent(Double.self, forKey: .rescaleFactor) ?? 1 / 255
    mean = try fields.decodeIfPresent([Float].self, forKey: .mean) ?? [0.48145466, 0.4578275, 0.40821073]
    guard mean.count == 3 else { throw wrong(.mean, "has \(mean.count) values, expected 3") }
    deviation =
      try fields.decodeIfPresent([Float].self, forKey: .deviation) ?? [0.26862954, 0.26130258, 0.27577711]
    guard deviation.count == 3, !deviation.contains(0) else {
      throw wrong(.deviation, "is \(deviation), expected 3 values other than 0")
    }
  }
}

/// A size as written: a number, `{"shortest_edge": n}` or `{"height": h, "width": w}`.
private enum SizeField: Decodable {
  case edge(Int)
  case sides(height: Int, width: Int)

  private enum CodingKeys: String, CodingKey {
    case shortestEdge = "shortest_edge"
    case longestEdge = "longest_edge"
    case height, width
  }

  init(from decoder: any Decoder) throws {
    if let edge = try? decoder.singleValueContainer().decode(Int.self) {
      self = .edge(edge)
    } else {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      if try fields.decodeIfPresent(Int.self, forKey: .longestEdge) != nil {
        throw DecodingError.dataCorruptedError(
          forKey: .longestEdge, in: fields, debugDescription: "is not supported")
      }
      if let edge = try fields.decodeIfPresent(Int.self, forKey: .shortestEdge) {
        self = .edge(edge)
      } else {
        self = .sides(
          height: try fields.decode(Int.self, forKey: .height),
          width: try fields.decode(Int.self, forKey: .width))
      }
    }
    let isPositive =
      switch self {
      case .edge(let edge): edge > 0
      case .sides(let height, let width): height > 0 && width > 0
      }
    guard isPositive else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "must be positive"))
    }
  }
}
