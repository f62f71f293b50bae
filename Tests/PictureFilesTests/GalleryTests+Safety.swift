import Foundation
import Images
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import PictureFiles

/// What a gallery takes from where.
extension `A gallery` {
  private static func write(_ text: String, to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test func `takes pictures along to another folder, and replaces older copies`() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let page = folder.appendingPathComponent("page")
      var contents = try Self.run(size: 48, in: run)
      let (sample, _) = try Self.pair(contents, row: 40, seed: 0)
      for _ in 0..<2 {
        let gallery = try Self.gallery(contents, in: run, page: page)
        for sample in contents.samples {
          #expect(gallery[sample].picture == sample.path)
          let copy = try Self.decode(gallery[sample].picture, in: page)
          #expect(try copy == Self.decode(sample.path, in: run))
        }
        let other = RGBImage(width: 48, height: 48, pixels: [UInt8](repeating: 7, count: 6912))
        contents = try Self.replace(sample, by: other, in: run)
      }
      let names = try FileManager.default.contentsOfDirectory(
        atPath: page.appendingPathComponent("images").path)
      #expect(names.count == 8 && names.allSatisfy { $0.hasSuffix(".png") && !$0.hasPrefix(".") })
    }
  }

  @Test func `takes along and embeds only what it decoded, whatever newer files lie there`() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let page = folder.appendingPathComponent("page")
      let contents = try Self.run(size: 48, in: run)
      let (sample, baseline) = try Self.pair(contents, row: 40, seed: 0)
      let path = try #require(sample.path)
      let map = try #require(try Self.gallery(contents, in: run)[sample].difference)
      try Self.write("secret", to: run.appendingPathComponent(path))
      for place in [run, page] {
        let planted = place.appendingPathComponent(map)
        try Self.write("secret", to: planted)
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: planted.path)
      }
      let gallery = try Self.gallery(contents, in: run, page: page)
      #expect(gallery[sample].problem?.hasPrefix("The file \(path) is damaged") == true)
      #expect(gallery[sample].picture == nil && gallery[baseline].picture != nil)
      #expect(!FileManager.default.fileExists(atPath: page.appendingPathComponent(path).path))
      let secret = Data("secret".utf8).base64EncodedString()
      let embedded = try Self.gallery(contents, in: run).embedded(from: run)
      #expect(embedded[sample].problem?.contains("is damaged") == true)
      for sample in contents.samples {
        let files = embedded[sample]
        for data in [files.picture, files.thumbnail, files.difference].compactMap(\.self) {
          #expect(data.hasPrefix("data:image/png;base64,") && !data.contains(secret))
        }
      }
    }
  }

  @Test func `follows no link out of the run's folder, nor out of the page's`() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let page = folder.appendingPathComponent("page")
      let contents = try Self.run(size: 48, in: run)
      let (sample, _) = try Self.pair(contents, row: 40, seed: 0)
      let path = try #require(sample.path)
      let outside = folder.appendingPathComponent("outside.png")
      let manager = FileManager.default
      try manager.moveItem(at: run.appendingPathComponent(path), to: outside)
      try manager.createSymbolicLink(at: run.appendingPathComponent(path), withDestinationURL: outside)
      let gallery = try Self.gallery(contents, in: run, page: page)
      #expect(
        gallery[sample].problem?.hasPrefix("The file \(path) cannot be shown: a link leads out of") == true)
      #expect(gallery[sample].picture == nil && gallery[sample].difference == nil)
      #expect(!manager.fileExists(atPath: page.appendingPathComponent(path).path))
      let embedded = try Self.gallery(contents, in: run).embedded(from: run)
      #expect(embedded[sample].picture == nil && embedded[sample].thumbnail == nil)

      // A link in a file's place is replaced, one in a folder's place is refused.
      let map = try #require(gallery[contents.samples.first { gallery[$0].difference != nil }].difference)
      let target = folder.appendingPathComponent("target.png")
      try Self.write("mine", to: target)
      try manager.removeItem(at: page.appendingPathComponent(map))
      try manager.createSymbolicLink(at: page.appendingPathComponent(map), withDestinationURL: target)
      _ = try Self.gallery(contents, in: run, page: page)
      #expect(try Data(contentsOf: target) == Data("mine".utf8))
      _ = try Self.decode(map, in: page)
      try manager.removeItem(at: page.appendingPathComponent("images"))
      try manager.createSymbolicLink(at: page.appendingPathComponent("images"), withDestinationURL: folder)
      let error = try #require(throws: PictureFileError.self) {
        try Self.gallery(contents, in: run, page: page)
      }
      #expect(error.description.contains("a link leads out of"))
    }
  }

  @Test func `finds pictures beside the store and in the run's folder, and links to what lies in the page's`()
    throws
  {
    try withTemporaryFolder { folder in
      let contents = try Self.run(size: 48, in: folder)
      let sample = try #require(contents.samples.first)
      let path = try #require(sample.path)
      func address(output: URL, page: URL) throws -> String? {
        try Gallery(contents, from: PictureFolders(store: folder, output: output), folder: page)[sample]
          .picture
      }
      let page = folder.appendingPathComponent("page")
      #expect(try address(output: folder, page: page) == path)
      // The run's own folder is another: the picture is beside the store.
      #expect(try address(output: page, page: page) == "store/\(path)")
      _ = try Self.decode("store/\(path)", in: page)
      // The page is written above the run.
      #expect(try address(output: folder.appendingPathComponent("images"), page: folder) == path)
    }
  }
}
