import Digests
import Foundation
import Images
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import PictureFiles

@Suite struct `A gallery` {
  static func run(size: Int, in folder: URL) throws -> RunContents {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(2))
    run.ratios = [0, 0.5]
    run.size = size
    run.isIdentical = { prompt, _, seed in prompt.row == 47 && seed == 1 }
    return try run.make(in: folder)
  }

  /// Gives a sample another picture, as making it again would.
  static func replace(
    _ sample: SampleRecord, by image: RGBImage, in folder: URL
  ) throws -> RunContents {
    let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), access: .writing)
    var picture = try #require(sample.picture)
    let bytes = try PNGCodec.encode(image)
    try AtomicFile.write(bytes, to: folder.appendingPathComponent(picture.path.text))
    (picture.fileHash, picture.pixelHash) = (SHA256.hex(of: bytes), image.hash)
    _ = try store.adopt(sample, picture: picture)
    return try store.contents(ofRun: store.latestRun().id)
  }

  static func gallery(
    _ contents: RunContents, in folder: URL, page: URL? = nil
  ) throws -> Gallery {
    try Gallery(contents, from: PictureFolders(folder), folder: page ?? folder)
  }

  static func decode(_ address: String?, in folder: URL) throws -> RGBImage {
    try PNGCodec.decode(folder.appendingPathComponent(try #require(address?.removingPercentEncoding))).image
  }

  /// A picture that merged, and its baseline.
  static func pair(
    _ contents: RunContents, row: Int, seed: Seed
  ) throws -> (SampleRecord, SampleRecord) {
    func sample(isBaseline: Bool) throws -> SampleRecord {
      try #require(
        contents.samples.first { sample in
          sample.seed == seed && contents.prompts.first { $0.id == sample.promptID }?.row == row
            && contents.variants.first { $0.id == sample.variantID }?.isBaseline == isBaseline
        })
    }
    return (try sample(isBaseline: false), try sample(isBaseline: true))
  }

  static func files(_ name: String, in folder: URL) throws -> [String: Date] {
    let place = folder.appendingPathComponent(name)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let attributes = try FileManager.default.attributesOfItem(
          atPath: place.appendingPathComponent(name).path)
        return (name, try #require(attributes[.modificationDate] as? Date))
      })
  }

  @Test func `shows small pictures as they are, and every difference as a heat map`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: 48, in: folder)
      let gallery = try Self.gallery(contents, in: folder)
      for sample in contents.samples {
        #expect(gallery[sample].picture == sample.path)
        #expect(gallery[sample].thumbnail == sample.path)
        #expect((gallery[sample].difference == nil) == (sample.variantID == contents.variants[0].id))
      }
      #expect(try Self.files("thumbnails", in: folder).isEmpty)
      let (sample, baseline) = try Self.pair(contents, row: 40, seed: 0)
      let map = try Self.decode(gallery[sample].difference, in: folder)
      let (after, before) = (
        try Self.decode(sample.path, in: folder), try Self.decode(baseline.path, in: folder)
      )
      var seen: Set<Int> = []
      for pixel in 0..<48 * 48 {
        let differences = (pixel * 3..<pixel * 3 + 3).map { index -> Int in
          abs(Int(after.pixels[index]) - Int(before.pixels[index]))
        }
        let largest = try #require(differences.max())
        let place = (Double(largest) / 255).squareRoot() * 31
        let color = LightnessRamp.color(place.rounded() / 31)
        #expect(Array(map.pixels[pixel * 3..<pixel * 3 + 3]) == [color.red, color.green, color.blue])
        seen.insert(largest)
      }
      #expect(seen.contains(0) && seen.count > 5)
      // A byte per pixel before compression, not three.
      let bytes = try Data(
        contentsOf: folder.appendingPathComponent(try #require(gallery[sample].difference)))
      #expect(bytes[25] == 3)
      let same = try Self.pair(contents, row: 47, seed: 1).0
      let dark = LightnessRamp.color(0)
      #expect(
        try Set(Self.decode(gallery[same].difference, in: folder).pixels) == [
          dark.red, dark.green, dark.blue,
        ])
    }
  }

  @Test func `has heat maps of pictures in folders, be there an accent after the slash`() throws {
    try withTemporaryFolder { folder in
      let made = try Self.run(size: 48, in: folder)
      let (sample, _) = try Self.pair(made, row: 40, seed: 0)
      var picture = try #require(sample.picture)
      let file = folder.appendingPathComponent("images/a").appendingPathComponent("\u{301}b.png")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.moveItem(at: folder.appendingPathComponent(picture.path.text), to: file)
      picture.path = try PicturePath("images/a/\u{301}b.png")
      let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), access: .writing)
      _ = try store.adopt(sample, picture: picture)
      let gallery = try Self.gallery(store.contents(ofRun: made.run.id), in: folder)
      #expect(gallery[sample].problem == nil)
      #expect(try Self.decode(gallery[sample].difference, in: folder).width == 48)
      #expect(try Self.files(HeatMap.folder, in: folder).keys.contains { $0.hasPrefix("a-\u{301}b-") })
    }
  }

  @Test func `shows thumbnails of large pictures`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: 400, in: folder)
      let gallery = try Self.gallery(contents, in: folder)
      for sample in contents.samples {
        #expect(gallery[sample].thumbnail?.hasPrefix("thumbnails/") == true)
        let thumbnail = try Self.decode(gallery[sample].thumbnail, in: folder)
        let picture = try Self.decode(sample.path, in: folder)
        #expect(thumbnail == picture.resized(toWidth: 320, height: 320, filter: .lanczos))
      }
      #expect(try Self.files("thumbnails", in: folder).count == 8)
    }
    let wide = RGBImage(width: 900, height: 3, pixels: [UInt8](repeating: 9, count: 8100))
    #expect((Thumbnail.image(of: wide).width, Thumbnail.image(of: wide).height) == (320, 1))
  }

  @Test func `makes only what is not there or older than its picture`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: 400, in: folder)
      _ = try Self.gallery(contents, in: folder)
      func state() throws -> [String: Date] {
        try Self.files("thumbnails", in: folder).merging(Self.files("differences", in: folder)) { first, _ in
          first
        }
      }
      let first = try state()
      #expect(first.count == 8 + 4)
      _ = try Self.gallery(contents, in: folder)
      #expect(try state() == first)

      let (sample, _) = try Self.pair(contents, row: 40, seed: 0)
      let other = RGBImage(width: 400, height: 400, pixels: [UInt8](repeating: 7, count: 480_000))
      let again = try Self.gallery(Self.replace(sample, by: other, in: folder), in: folder)
      #expect(try state().count { first[$0.key] != $0.value } == 2)
      #expect(try Set(Self.decode(again[sample].thumbnail, in: folder).pixels) == [7])
    }
  }

  @Test(arguments: [48, 400])
  func `says of a damaged picture that it is, before and after its files were made`(size: Int) throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: size, in: folder)
      let (sample, baseline) = try Self.pair(contents, row: 40, seed: 0)
      for _ in 0..<2 {
        let url = folder.appendingPathComponent(try #require(sample.path))
        let whole = try Data(contentsOf: url)
        try whole.prefix(whole.count / 2).write(to: url)
        var gallery = try Self.gallery(contents, in: folder)
        #expect(gallery[sample].picture == nil && gallery[sample].difference == nil)
        #expect(
          gallery[sample].problem?.hasPrefix("The file \(sample.path ?? "") is damaged: ") == true)
        #expect(gallery[baseline].picture != nil && gallery[baseline].problem == nil)
        #expect(contents.samples.count { gallery[$0].problem != nil } == 1)
        try whole.write(to: url)
        gallery = try Self.gallery(contents, in: folder)
        #expect(gallery[sample].problem == nil && gallery[sample].difference != nil)
      }
      try Data("no picture".utf8).write(to: folder.appendingPathComponent(try #require(baseline.path)))
      let gallery = try Self.gallery(contents, in: folder)
      #expect(gallery[baseline].problem != nil && gallery[sample].picture != nil)
      #expect(gallery[sample].difference == nil)
    }
  }

  @Test(arguments: [48, 400]) func `does not show another picture in a scored one's place`(size: Int) throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: size, in: folder)
      let (sample, baseline) = try Self.pair(contents, row: 40, seed: 0)
      _ = try Self.gallery(contents, in: folder)
      let url = folder.appendingPathComponent(try #require(sample.path))
      let own = try Data(contentsOf: url)
      // Older than all that was made of the picture that it replaces.
      try Data(contentsOf: folder.appendingPathComponent(try #require(baseline.path))).write(to: url)
      try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: url.path)
      for page in [folder, folder.appendingPathComponent("page")] {
        let gallery = try Self.gallery(contents, in: folder, page: page)
        #expect(
          gallery[sample]
            == PictureFiles(problem: "The file \(sample.path ?? "") was replaced since it was scored"))
        #expect(gallery[baseline].picture != nil)
      }
      try own.write(to: url)
      #expect(try Self.gallery(contents, in: folder)[sample].problem == nil)
    }
  }

  @Test func `that cannot be written says where and why`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: 48, in: folder)
      try Data().write(to: folder.appendingPathComponent("differences"))
      let error = try #require(throws: PictureFileError.self) { try Self.gallery(contents, in: folder) }
      #expect(error.description.contains("differences: cannot be written"))
    }
  }

  @Test func `has heat maps whose lightness rises evenly`() {
    // Ottosson's matrices from linear sRGB, the other way than the code under test.
    func lightness(_ color: IndexedImage.Color) -> Double {
      let rgb = [color.red, color.green, color.blue].map { value -> Double in
        let share = Double(value) / 255
        return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      let l = cbrt(0.4122214708 * rgb[0] + 0.5363325363 * rgb[1] + 0.0514459929 * rgb[2])
      let m = cbrt(0.2119034982 * rgb[0] + 0.6806995451 * rgb[1] + 0.1073969566 * rgb[2])
      let s = cbrt(0.0883024619 * rgb[0] + 0.2817188376 * rgb[1] + 0.6299787005 * rgb[2])
      return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    }
    for (place, color) in HeatMap.palette.enumerated() {
      let expected = 0.09 + 0.88 * Double(place) / 31
      #expect(abs(lightness(color) - expected) < 0.006)
    }
    #expect(Set(HeatMap.palette).count == HeatMap.colorCount)
    #expect((0..<9).map(HeatMap.index) == [0, 2, 3, 3, 4, 4, 5, 5, 5])
    #expect(HeatMap.index(255) == 31)
  }
}
