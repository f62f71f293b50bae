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

  @Test(arguments: ResamplingFilter.allCases)
  func `the middle of a resized picture is made without the rest`(filter: ResamplingFilter) throws {
    let source = try PNGCodec.decode(ImageFixtures.url("resize-source.png")).image
    for (width, height) in [(61, 47), (7, 5), (20, 90), (source.width, 11), (90, source.height)] {
      let whole = source.resized(toWidth: width, height: height, filter: filter)
      for (x, y) in [(6, 4), (5, 200), (200, 3), (200, 200)] {
        let middle = source.resized(toWidth: width, height: height, filter: filter, middle: (x, y))
        #expect(middle == whole.centerCropped(toWidth: min(x, width), height: min(y, height)))
      }
    }
    // The whole would have 4.9 million pixels a row.
    let thin = RGBImage(width: 32_768, height: 1, pixels: .init(repeating: 7, count: 98_304))
    let cropped = thin.resized(toWidth: 32_768 * 150, height: 150, middle: (150, 150))
    #expect(cropped == RGBImage(width: 150, height: 150, pixels: .init(repeating: 7, count: 67_500)))
  }
}
