import Evaluation
import Foundation
import ReferenceFixtures
import Testing

extension SweepTests {
  @Test func `pictures are not made through a link that leads out of the run's folder`() throws {
    let outside = folder.url.appendingPathComponent("outside")
    let run = folder.url.appendingPathComponent("run")
    for place in [outside, run] {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      at: run.appendingPathComponent("images"), withDestinationURL: outside)
    let error = try #require(throws: EvaluationError.self) { try sweep(to: "run") }
    #expect(error.description.contains("run/images: cannot be written: a link leads out of"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
  }
}
