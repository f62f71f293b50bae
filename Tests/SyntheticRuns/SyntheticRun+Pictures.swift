import Images
import Pictures
import ResultStore
import Statistics

extension SyntheticRun {
  /// A sky, a ground and three discs; merging replaces a share `ratio` of the small cells by their corner.
  func picture(_ prompt: PromptRecord, seed: Seed, ratio: Double) -> RGBImage {
    var random = SplitMix64(seed: UInt64(prompt.row * 101) &+ seed.value)
    func colour() -> [Double] { (0..<3).map { _ in Double.random(in: 40...235, using: &random) } }
    let sky = colour()
    let ground = colour()
    let horizon = Double.random(in: 0.45...0.75, using: &random)
    let discs = (0..<3).map { _ in
      (
        x: Double.random(in: 0.2...0.8, using: &random), y: Double.random(in: 0.25...0.8, using: &random),
        radius: Double.random(in: 0.08...0.24, using: &random), colour: colour()
      )
    }
    var merged = SplitMix64(seed: UInt64(prompt.row * 7) &+ seed.value)
    let edge = max(size / 16, 2)
    let cells = size / edge
    let isMerged = (0..<cells * cells).map { _ in Double.random(in: 0..<1, using: &merged) < ratio }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(size * size * 3)
    for row in 0..<size {
      for column in 0..<size {
        let replaced = isMerged[min(row / edge, cells - 1) * cells + min(column / edge, cells - 1)]
        let x = Double(replaced ? column / edge * edge : column) / Double(size)
        let y = Double(replaced ? row / edge * edge : row) / Double(size)
        let disc = discs.last { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) < $0.radius * $0.radius }
        let colour = disc?.colour ?? (y < horizon ? sky : ground)
        for channel in colour { pixels.append(UInt8(channel * (0.75 + 0.25 * y))) }
      }
    }
    return RGBImage(width: size, height: size, pixels: pixels)
  }
}
