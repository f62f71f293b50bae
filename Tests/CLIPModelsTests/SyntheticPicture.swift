import Images
import ReferenceFixtures
import Tensors

/// The picture of `Tests/Reference/clip_models.py`: noise on the left, coarse fields on the right.
func picture(_ name: String, width: Int, height: Int) -> RGBImage {
  func values(_ name: String, _ shape: [Int]) -> [Float] {
    SyntheticTensor(shape: shape, scale: 127.5, offset: 127.5).tensor(named: name).values
  }
  let noise = values(name, [height, width, 3])
  let coarse = values(name + ".coarse", [4, 4, 3])
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<3 {
        let value =
          x < width / 2
          ? noise[(y * width + x) * 3 + channel]
          : coarse[((y * 4 / height) * 4 + x * 4 / width) * 3 + channel]
        pixels.append(UInt8(min(max(value.rounded(.down), 0), 255)))
      }
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}
