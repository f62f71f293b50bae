import Foundation
import Pictures
import ReferenceFixtures
import Testing
import TokenMerging

@testable import Importing

@Suite struct ManifestTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, name: String = "manifest.csv") throws -> Manifest {
    let url = folder.url.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return try Manifest(url)
  }

  @Test func `CSV with marks, quotation and Windows' line ends reads as it was meant`() throws {
    let manifest = try read(
      "\u{FEFF}path,Prompt,seed,ratio,CFG Scale,seconds\r\n"
        + "a.png,\"a \"\"red\"\" cube, big\",3,0.5,7.5,1.25\r\n\r\nb/c.png,\"two\nlines\",4,0,,\r\n")
    #expect(manifest.problems.isEmpty)
    #expect(manifest.pictures.map(\.url.lastPathComponent) == ["a.png", "c.png"])
    let (first, second) = (manifest.pictures[0].facts, manifest.pictures[1].facts)
    #expect(first.prompt == "a \"red\" cube, big" && first.seed == 3 && first.ratio == 0.5)
    #expect(first.guidanceScale == 7.5 && first.seconds == 1.25)
    #expect(second.prompt == "two\nlines" && second.guidanceScale == nil && second.ratio == 0)
    #expect(manifest.pictures.map(\.line) == [2, 4])
  }

  @Test func `TSV and JSON lines say the same`() throws {
    let tsv = try read(
      "path\tprompt\tseed\tratio\tsx\tuse_rand\na.png\ta, cube\t3\t0.5\t4\tfalse\n", name: "m.tsv")
    let lines = try read(
      #"{"path": "a.png", "prompt": "a, cube", "seed": 3, "ratio": 0.5, "sx": 4, "use_rand": false, "model": null}"#,
      name: "m.jsonl")
    #expect(tsv.problems.isEmpty && lines.problems.isEmpty)
    #expect(tsv.pictures[0].facts == lines.pictures[0].facts)
    #expect(tsv.pictures[0].facts.merging == MergingOptions(sx: 4, useRand: false))
  }

  @Test func `what is wrong with a line is said with its number, and the others are read`() throws {
    let manifest = try read(
      """
      path,prompt,seed,ratio,colour
      a.png,a cube,x,0.5,red
      b.png,a cube,1,50,red
      ../c.png,a cube,1,0.5,red
      /etc/passwd,a cube,1,0.5,red
      d.png,a cube,1,0.5,red,more
      e.txt,a cube,1,0.5,red
      f.png,a cube,1,0.5,red
      """)
    #expect(manifest.pictures.map(\.url.lastPathComponent) == ["f.png"])
    let path = folder.url.appendingPathComponent("manifest.csv").path
    #expect(
      manifest.problems.first?.description.hasPrefix("\(path): not used: 'colour'; known columns are path")
        == true)
    let left = manifest.problems.filter { $0.kind == .left }
    #expect(left.map(\.line) == [2, 3, 4, 5, 6, 7])
    let seed = "seed is 'x', expected is a whole number from 0 to 2^64-1"
    #expect(left[0].description == "\(path): line 2: \(seed)")
    #expect(left[1].reason == "ratio is '50', expected is a number from 0 to 1")
    #expect(left[2].reason.contains("'..'") && left[3].reason.contains("absolute"))
    #expect(left[4].reason == "6 fields, but the first line names 5 columns")
  }

  @Test func `a picture that took no time is none`() throws {
    for seconds in ["0", "-1", "1e-12", "nan", "inf", "2s"] {
      let manifest = try read("path,prompt,seed,ratio,seconds\na.png,a cube,1,0,\(seconds)\n")
      #expect(manifest.pictures.isEmpty)
      #expect(manifest.problems.map(\.reason) == ["seconds is '\(seconds)', expected is a number above 0"])
    }
  }

  @Test func `a path from the root is taken below the manifest's folder only`() throws {
    let inside = folder.url.appendingPathComponent("x.png").path
    let manifest = try read("path,prompt,seed,ratio\n\(inside),a cube,1,0\n")
    #expect(manifest.problems.isEmpty && manifest.pictures[0].url.path == inside)
  }

  @Test func `what is no manifest is refused`() throws {
    #expect(throws: ImportError.self) { try read("prompt,seed\na,1\n") }
    #expect(throws: ImportError.self) { try read("path\u{0},x\n") }
    #expect(throws: ImportError.self) { try read("") }
    let lines = try read("[1]\n{\"path\": 5}\n{\"path\": \"a.png\", \"seed\": [1]}\nx\n", name: "m.jsonl")
    #expect(lines.pictures.isEmpty && lines.problems.map(\.line) == [1, 2, 3, 4])
    let open = try read("path,prompt\na.png,\"never closed\nb.png,x\n")
    #expect(open.problems.contains { $0.line == 2 && $0.reason.contains("never closed") })
  }

  @Test func `a hundred thousand lines are read in a moment`() throws {
    let lines = (0..<100_000).map { "\($0).png,\"a cube, \($0)\",\($0),0.5" }
    let start = ContinuousClock.now
    let manifest = try read("path,prompt,seed,ratio\n" + lines.joined(separator: "\n"))
    #expect(manifest.pictures.count == 100_000 && manifest.problems.isEmpty)
    #expect(manifest.pictures.last?.line == 100_001)
    #expect(start.duration(to: .now) < .seconds(60))
  }
}
