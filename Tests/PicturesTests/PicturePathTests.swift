import Foundation
import Pictures
import ReferenceFixtures
import Testing

@Suite struct PicturePathTests {
  @Test(arguments: ["images/0074-s0-r0.5-1a2b3c4d.png", "a.PNG", "run b/ü/x.webp", "x.y.jpeg"])
  func `paths below a folder are taken as they are`(text: String) throws {
    let path = try PicturePath(text)
    #expect(path.text == text)
    #expect(try JSONDecoder().decode(PicturePath.self, from: JSONEncoder().encode(path)) == path)
    #expect(try path.below("run").text == "run/" + text && path.below("") == path)
  }

  @Test(arguments: [
    "", "/etc/x.png", "../x.png", "a/../x.png", "a/..", "./x.png", "a//x.png", "a/", "https://host/x.png",
    "file:x.png", "x.svg", "x", "png", ".png/..", "a\\..\\x.png", "a\u{0}.png", "a\n.png", "secret", "x.png/",
    // Each with an accent after what is wrong: one character to Swift, two to the file system.
    "../\u{301}x.png", "a/../\u{301}x.png", "/\u{301}x.png", "a/\u{301}/../x.png", "file:\u{301}x.png",
    "a\\\u{301}x.png", "x.\u{301}png",
  ])
  func `everything else is refused, also where it is decoded`(text: String) throws {
    #expect(throws: PicturePathError.self) { try PicturePath(text) }
    let json = try JSONEncoder().encode(text)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(PicturePath.self, from: json) }
  }

  @Test func `a picture below the store's folder is found from there, another one from the run's`() throws {
    let path = try PicturePath("images/a.png")
    func location(store: String, output: String) -> (PicturePath, PictureBase) {
      PictureFolders(store: URL(fileURLWithPath: store), output: URL(fileURLWithPath: output))
        .location(ofOutput: path)
    }
    #expect(location(store: "/a/run", output: "/a/run") == (path, .store))
    #expect(try location(store: "/a", output: "/a/b/run") == (PicturePath("b/run/images/a.png"), .store))
    #expect(location(store: "/a/b", output: "/a/run") == (path, .output))
    #expect(location(store: "/a/ru", output: "/a/run") == (path, .output))
  }

  @Test func `links that lead out of the folder are not followed, others are`() throws {
    let folder = try TemporaryFolder()
    let run = folder.url.appendingPathComponent("run")
    let manager = FileManager.default
    try manager.createDirectory(at: run.appendingPathComponent("there"), withIntermediateDirectories: true)
    try Data("x".utf8).write(to: folder.url.appendingPathComponent("secret.png"))
    try manager.createSymbolicLink(
      at: run.appendingPathComponent("out.png"),
      withDestinationURL: folder.url.appendingPathComponent("secret.png"))
    try manager.createSymbolicLink(at: run.appendingPathComponent("up"), withDestinationURL: folder.url)
    try manager.createSymbolicLink(
      at: run.appendingPathComponent("images"), withDestinationURL: run.appendingPathComponent("there"))
    let folders = PictureFolders(store: folder.url, output: run)
    for text in ["out.png", "up/secret.png"] {
      #expect(throws: PicturePathError.self) { try folders.url(of: PicturePath(text), base: .output) }
    }
    #expect(
      try folders.url(of: PicturePath("images/a.png"), base: .output).path == run.path + "/images/a.png")
    #expect(
      try folders.url(of: PicturePath("run/up/secret.png"), base: .store).lastPathComponent == "secret.png")
  }
}
