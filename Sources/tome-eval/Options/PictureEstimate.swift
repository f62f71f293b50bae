import Benchmarking
import Engines
import Machine
import SamplerNames
import Tensors
import Wording

/// What it takes to make a picture that is larger than its model was trained for, found out before one is made.
struct PictureEstimate: CustomStringConvertible {
  /// So many times the pixels of the model's own size take no longer than people wait without a word.
  private static let growth = 2

  let size: PictureSize
  let bytes: Int
  let seconds: Double

  var description: String {
    "\(size): about \(NumberText.duration(seconds)) and \(NumberText.bytes(bytes)) of memory a picture"
  }

  /// Nil for pictures of a common size.
  /// - Parameter size: nil for the one that was asked for
  /// - Throws: ``PictureTooLarge`` when the memory that this process may have does not hold what the picture takes.
  init?(_ model: ModelOptions, _ sampling: SamplingOptionGroup, size: PictureSize? = nil) throws {
    let hires = sampling.hires.wish
    guard size ?? sampling.size != nil || hires != nil else { return nil }
    let subject = try model.subject(nil)
    let trained = try subject.defaultSize()
    let first = size ?? sampling.size ?? PictureSize(width: trained.width, height: trained.height)
    // Of two passes the second has the larger maps.
    let size = hires.map { first.scaled(by: $0.scale) } ?? first
    guard size.width * size.height > Self.growth * trained.width * trained.height else { return nil }
    Terminal.log("\(size) is larger than the model was trained for; finding out what that takes")
    try model.processor.use()
    func item(_ part: BenchmarkPart, _ size: PictureSize) -> BenchmarkCase {
      BenchmarkCase(
        part: part, width: size.width, height: size.height, attention: sampling.attention ?? .tiled,
        precision: sampling.ownPrecision, resident: model.weightsResident)
    }
    func bytes(_ size: PictureSize) throws -> Int {
      try [BenchmarkPart.unet, .vae].map { part in
        try MemoryEstimate.bytes(item(part, size), of: subject, threads: Parallel.threadCount)
      }.max() ?? 0
    }
    let memory = MemoryCapacity.bytes
    // Where addresses are limited, even finding out may take too many.
    let usual = MemoryShortage.handle { _ in
      OutOfMemory.end("\(PictureTooLarge(size: size, bytes: nil, memory: memory, largest: nil))")
    }
    defer { MemoryShortage.handle(usual) }
    let needed = try bytes(size)
    guard needed <= memory else {
      let largest = try size.reduced.largest { try bytes($0) <= memory }
      throw PictureTooLarge(size: size, bytes: needed, memory: memory, largest: largest)
    }
    let steps = try sampling.steps ?? model.defaultSteps()
    self.size = size
    self.bytes = needed
    func denoising(_ steps: Int, _ size: PictureSize) throws -> Double {
      try Double(sampling.scheduler?.method.evaluations(steps) ?? steps)
        * TimeEstimate.seconds(item(.unet, size), of: subject)
    }
    seconds =
      try denoising(steps, first) + (hires.map { try denoising($0.steps ?? steps, size) } ?? 0)
      + TimeEstimate.seconds(item(.vae, size), of: subject)
  }
}

/// A picture that the machine's memory does not hold: one sentence.
struct PictureTooLarge: Error, CustomStringConvertible {
  let size: PictureSize
  /// Nil for more than there is.
  let bytes: Int?
  let memory: Int
  /// Of the same shape, what fits.
  let largest: PictureSize?

  var description: String {
    let memory = "\(NumberText.bytes(memory)) of memory"
    let words =
      bytes.map { "takes about \(NumberText.bytes($0)), and \(memory) can be had" }
      ?? "takes more than the \(memory) that can be had"
    return "a picture of \(size) \(words)"
      + (largest.map { "; the largest of its shape that fits is \($0)" } ?? "")
  }
}

extension PictureSize {
  /// As a second pass enlarges it, for models whose latents have edges of 8 pixels.
  fileprivate func scaled(by scale: Double) -> PictureSize {
    func side(_ side: Int) -> Int { max(Int(Double(side) * scale) / 8 * 8, 8) }
    return PictureSize(width: side(width), height: side(height))
  }

  /// Smaller ones of about this shape, by rising size, each side a multiple of 64.
  fileprivate var reduced: [PictureSize] {
    let parts = 64
    func side(_ side: Int, _ part: Int) -> Int { max(side * part / parts / 64, 1) * 64 }
    return (1..<parts).map { PictureSize(width: side(width, $0), height: side(height, $0)) }
  }
}

extension [PictureSize] {
  /// The last that fits, where all before one that fits do, too.
  fileprivate func largest(where fits: (PictureSize) throws -> Bool) rethrows -> PictureSize? {
    var (known, refused) = (-1, count)
    while refused - known > 1 {
      let middle = (known + refused) / 2
      if try fits(self[middle]) { known = middle } else { refused = middle }
    }
    return known < 0 ? nil : self[known]
  }
}
