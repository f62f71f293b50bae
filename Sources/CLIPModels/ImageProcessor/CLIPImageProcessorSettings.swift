import Checkpoints
import Images

/// A `preprocessor_config.json`; what it leaves out has the value that transformers'
/// class gives it.
struct CLIPImageProcessorSettings {
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

  /// - Throws: ``CheckpointError`` naming the field that cannot be followed.
  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    try fields.require(Self.supportedValues)
    doResize = try fields.flag("do_resize") ?? true
    doCenterCrop = try fields.flag("do_center_crop") ?? true
    doRescale = try fields.flag("do_rescale") ?? true
    doNormalize = try fields.flag("do_normalize") ?? true
    size = try Self.size("size", fields) ?? .shortestEdge(224)
    cropSize =
      switch try Self.size("crop_size", fields) {
      case .shortestEdge(let edge): (edge, edge)
      case .exactly(let height, let width): (height, width)
      case nil: (224, 224)
      }

    // Pillow's numbers.
    let filters: [Int: ResamplingFilter] = [1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box]
    let resample = try fields.whole("resample", Quantity("a filter of Pillow", 1...4)) ?? 3
    filter = filters[resample] ?? .bicubic

    rescaleFactor = try fields.number("rescale_factor", .factor) ?? 1 / 255
    mean =
      try fields.numbers("image_mean", Quantity("a mean", -1e6...1e6), count: 3...3)?.map { Float($0) }
      ?? [0.48145466, 0.4578275, 0.40821073]
    deviation =
      try fields.numbers("image_std", .factor, count: 3...3)?.map { Float($0) }
      ?? [0.26862954, 0.26130258, 0.27577711]
    try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
  }

  /// A size as written: a number, `{"shortest_edge": n}` or `{"height": h, "width": w}`.
  private static func size(
    _ name: String, _ fields: ConfigurationFields
  ) throws(CheckpointError) -> CLIPImageProcessor.Size? {
    guard case .object? = fields.value(name), let sides = try fields.object(name) else {
      return try fields.whole(name, .pixels).map { .shortestEdge($0) }
    }
    try sides.require(["longest_edge": [.null]])
    let (edge, height, width) = (
      try sides.whole("shortest_edge", .pixels), try sides.whole("height", .pixels),
      try sides.whole("width", .pixels)
    )
    try sides.requireAllKnown(withoutEffect: [])
    if let edge { return .shortestEdge(edge) }
    guard let height else { throw sides.error("height", "is missing") }
    guard let width else { throw sides.error("width", "is missing") }
    return .exactly(height: height, width: width)
  }

  /// Fields that would give another picture.
  private static let supportedValues: [String: [JSONValue]] = [
    "data_format": [.null, .string("channels_first")],
    "default_to_square": [.null, .bool(false)],
    "do_pad": [.null, .bool(false)],
  ]

  /// Pictures are RGB here; the others say how the settings are saved, or how the work is done.
  private static let withoutEffect: Set = [
    "device", "disable_grouping", "do_convert_rgb", "feature_extractor_type", "image_processor_type",
    "image_seq_length", "input_data_format", "pad_size", "processor_class", "return_tensors",
  ]
}
