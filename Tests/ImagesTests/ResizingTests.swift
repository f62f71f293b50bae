import Images
import Testing

@Suite struct ResizingTests {
  @Test(arguments: ResamplingFilter.allCases)
  func `every value equals Pillow's, shrinking and enlarging`(filter: ResamplingFilter) throws {
    let source = try PNGCodec.decode(ImageFixtures.url("resize-source.png")).image
    let sizes = try ImageFixtures.description().sizes
    #expect(sizes.count == 11)
    for size in sizes {
      let name = "resize-\(filter.rawValue)-\(size[0])x\(size[1])"
      let expected = try PNGCodec.decode(ImageFixtures.url("\(name).png")).image
      let isEqual = source.resized(toWidth: size[0], height: size[1], filter: filter) == expected
      #expect(isEqual, "\(name)")
    }
  }

  @Test func `a centre crop leaves the odd remainder at the right and bottom`() {
    let image = RGBImage(width: 4, height: 3, pixels: (0..<36).map(UInt8.init))
    let cropped = image.centerCropped(toWidth: 1, height: 2)
    #expect(cropped == RGBImage(width: 1, height: 2, pixels: [3, 4, 5, 15, 16, 17]))
    #expect(image.centerCropped(toWidth: 4, height: 3) == image)
  }
}
