import Foundation
import Images
import Testing

@Suite struct PictureCodecTests {
  static let forms: [(name: String, format: PictureFormat, isLossy: Bool)] = [
    ("jpeg.jpg", .jpeg, true), ("jpeg-444.jpg", .jpeg, true), ("jpeg-progressive.jpg", .jpeg, true),
    ("jpeg-gray.jpg", .jpeg, true), ("webp.webp", .webp, true), ("webp-lossless.webp", .webp, false),
    ("webp-alpha.webp", .webp, false), ("rgb.png", .png, false),
  ]

  @Test(arguments: forms.indices)
  func `JPEG and WebP have the values that Pillow gives`(index: Int) throws {
    let form = Self.forms[index]
    let picture = try PictureCodec.decode(ImageFixtures.bytes(form.name), path: form.name)
    #expect(picture.format == form.format && picture.isLossy == form.isLossy)
    let expected = form.name == "rgb.png" ? "rgb.expected.ppm" : "\(form.name).ppm"
    #expect(try picture.image == ImageFixtures.portablePixmap(expected))
  }

  @Test(arguments: forms.indices)
  func `a cut file is an error that names it, wherever it is cut`(index: Int) throws {
    let form = Self.forms[index]
    let bytes = try ImageFixtures.bytes(form.name)
    for count in [0, 3, 12, bytes.count / 3, bytes.count / 2, bytes.count * 9 / 10] {
      let error = #expect(throws: ImageError.self) {
        try PictureCodec.decode(Array(bytes.prefix(count)), path: "a.jpg")
      }
      #expect(error.map { "\($0)" }?.hasPrefix("a.jpg: ") == true, "\(count) of \(form.name)")
    }
  }

  @Test func `what is no picture that can be compared is refused by name`() throws {
    let animation = #expect(throws: ImageError.self) {
      try PictureCodec.decode(ImageFixtures.bytes("animation.webp"), path: "a.webp")
    }
    #expect(animation == .invalidPicture(.webp, path: "a.webp", reason: "it is an animation"))
    #expect(throws: ImageError.self) {
      try PictureCodec.decode(ImageFixtures.bytes("cmyk.jpg"), path: "cmyk.jpg")
    }
    let text = #expect(throws: ImageError.self) {
      try PictureCodec.decode(Array("<html>".utf8), path: "page.png")
    }
    #expect(text == .unreadable(path: "page.png", reason: "it is no PNG, JPEG or WebP file"))
  }
}
