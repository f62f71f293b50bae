package import Checkpoints
package import Images
package import Tensors

/// Turns a picture into what CLIP's vision tower reads: shortest edge to a size, centre
/// crop, values to [0, 1], then to zero mean and unit variance per channel.
///
/// The reference is transformers' Pillow-backed `CLIPImageProcessorPil`, in its order and
/// precision. Settings come from the folder.
package struct CLIPImageProcessor: Sendable {
  package enum Size: Sendable, Hashable {
    /// The shorter edge gets this length, the other follows.
    case shortestEdge(Int)
    case exactly(height: Int, width: Int)
  }

  /// nil when the picture keeps its size.
  package let size: Size?
  package let filter: ResamplingFilter
  /// nil when nothing is cropped.
  package let cropSize: (height: Int, width: Int)?
  /// nil when values stay in 0…255.
  package let rescaleFactor: Double?
  /// nil when values are not normalized.
  package let normalization: (mean: [Float], deviation: [Float])?

  /// Reads `preprocessor_config.json`, or the `image_processor` of a `processor_config.json`
  /// where a folder has only that.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    var fields = try files.fields(of: Self.file(in: files))
    if Self.file(in: files) == Self.processorFile {
      guard let inner = try fields.object("image_processor") else {
        throw fields.error("image_processor", "is missing")
      }
      fields = inner
    }
    let settings = try CLIPImageProcessorSettings(fields)
    size = settings.doResize ? settings.size : nil
    filter = settings.filter
    cropSize = settings.doCenterCrop ? settings.cropSize : nil
    rescaleFactor = settings.doRescale ? settings.rescaleFactor : nil
    normalization = settings.doNormalize ? (settings.mean, settings.deviation) : nil
  }

  private static let processorFile = "processor_config.json"

  /// The file that the settings come from.
  static func file(in files: any ModelFiles) -> String {
    let own = "preprocessor_config.json"
    return !files.has(own) && files.has(processorFile) ? processorFile : own
  }

  /// The size of every picture that comes out; nil when it depends on the picture.
  package var outputSize: (height: Int, width: Int)? {
    if let cropSize { return cropSize }
    if case .exactly(let height, let width) = size { return (height, width) }
    return nil
  }

  /// - Returns: `[1, height, width, 3]`
  package func callAsFunction(_ image: RGBImage) -> Tensor {
    var image = image
    if let size {
      let (height, width) = target(size, for: image)
      image = image.resized(
        toWidth: width, height: height, filter: filter,
        middle: cropSize.map { (width: $0.width, height: $0.height) })
    }
    if let cropSize {
      image = image.padded(toAtLeast: cropSize.width, height: cropSize.height)
        .centerCropped(toWidth: cropSize.width, height: cropSize.height)
    }
    // Rescaled in double precision, normalized in single, as the reference does.
    let values = (0..<256).map { Float(Double($0) * (rescaleFactor ?? 1)) }
    let channels = (0..<3).map { channel in
      guard let (mean, deviation) = normalization else { return values }
      return values.map { ($0 - mean[channel]) / deviation[channel] }
    }
    return Tensor(uninitialized: [1, image.height, image.width, 3]) { target in
      for (index, value) in image.pixels.enumerated() { target[index] = channels[index % 3][Int(value)] }
    }
  }

  private func target(_ size: Size, for image: RGBImage) -> (height: Int, width: Int) {
    switch size {
    case .exactly(let height, let width):
      return (height, width)
    case .shortestEdge(let short):
      let (smaller, larger) = (min(image.width, image.height), max(image.width, image.height))
      let long = Int(Double(short * larger) / Double(smaller))
      return image.width <= image.height ? (long, short) : (short, long)
    }
  }
}

extension RGBImage {
  /// The picture in the middle of black where it is smaller than `width`x`height`; an odd
  /// row or column is before it, as `transformers`' `center_crop` puts it.
  func padded(toAtLeast width: Int, height: Int) -> RGBImage {
    let (newWidth, newHeight) = (max(width, self.width), max(height, self.height))
    guard newWidth > self.width || newHeight > self.height else { return self }
    let (left, top) = ((newWidth - self.width + 1) / 2, (newHeight - self.height + 1) / 2)
    var padded = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    let row = self.width * 3
    for y in 0..<self.height {
      let target = ((top + y) * newWidth + left) * 3
      padded.replaceSubrange(target..<target + row, with: pixels[y * row..<(y + 1) * row])
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: padded)
  }
}
