import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Scorers beside CLIP, from options to report.
@Suite struct ScorerTests {
  private let folder: TemporaryFolder
  private let clip = demoCheckpoint.appendingPathComponent("clip").path

  init() throws { folder = try TemporaryFolder() }

  /// A linear head that rates by the first number of an embedding.
  private func head(_ size: Int = 128) throws -> String {
    let url = folder.url.appendingPathComponent("head.safetensors")
    let weight = Tensor([2] + [Float](repeating: 0, count: size - 1), shape: [1, size])
    try SafetensorsWriter.write(
      [(name: "weight", tensor: weight), (name: "bias", tensor: Tensor([5], shape: [1]))], type: .f32, to: url
    )
    return url.path
  }

  @Test func `a preference model and an aesthetic head score a sweep's pictures, and compare by them`() throws
  {
    let sweep = try Tool.run(
      [
        "sweep", "--limit", "2", "--ratios", "0,0.7", "--size", "64x64", "--steps", "2", "--no-checks",
        "--scorer", "pickscore=\(clip)", "--aesthetic", try head(), "--output", "run",
      ], in: folder.url)
    #expect(sweep.status == 0, "\(sweep.errors)")
    let run = folder.url.appendingPathComponent("run")
    let table = try String(contentsOf: run.appendingPathComponent("pictures.csv"), encoding: .utf8)
      .split(whereSeparator: \.isNewline).map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    let (score, pick, rating) = try (
      #require(table[0].firstIndex(of: "clip_score")), #require(table[0].firstIndex(of: "pickscore")),
      #require(table[0].firstIndex(of: "aesthetic"))
    )
    #expect(table.count == 5)
    let values = try table.dropFirst().map { row in
      try (#require(Double(row[score])), #require(Double(row[pick])), #require(Double(row[rating])))
    }
    // Both judge by the same checkpoint here: one is a multiple of the other.
    let first = try #require(values.first)
    let scale = first.1 / first.0
    #expect(scale > 0 && values.allSatisfy { abs($0.1 - scale * $0.0) < 1e-9 * abs($0.1) })
    #expect(values.allSatisfy { (3...7).contains($0.2) } && Set(values.map(\.2)).count > 1)
    for metric in ["pickscore", "aesthetic"] {
      let compared = try Tool.run(["compare", "--output", run.path, "--metric", metric])
      #expect(compared.status == 0, "\(compared.errors)")
    }
    let page = try String(contentsOf: run.appendingPathComponent("index.html"), encoding: .utf8)
    #expect(page.contains("PickScore") && page.contains("Aesthetic predictor"))
  }

  @Test func `a picture is scored by them, too, and a folder is known by its name`() throws {
    let named = folder.url.appendingPathComponent("PickScore_v1")
    try FileManager.default.copyItem(atPath: clip, toPath: named.path)
    let picture = folder.url.appendingPathComponent("a.png")
    let made = try Tool.run(
      ["generate", "--prompt", "a corgi", "--steps", "1", "--size", "64x64", "--output", picture.path])
    #expect(made.status == 0)
    let result = try Tool.run(
      [
        "score", picture.path, "--prompt", "a corgi", "--clip", clip, "--clip", named.path, "--aesthetic",
        try head(), "--json",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let scores = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(scores["preference_model"] as? String == "PickScore_v1")
    #expect(scores["pickscore"] is Double && scores["aesthetic"] is Double && scores["clip_score"] is Double)
  }

  @Test func `what does not fit is said`() throws {
    func errors(_ arguments: String...) throws -> String {
      let result = try Tool.run(["sweep", "--limit", "1", "--output", "x"] + arguments, in: folder.url)
      #expect(result.status != 0 && result.status != 139)
      return result.errors
    }
    #expect(try errors("--scorer", "pickscore").contains("pickscore=DIR"))
    #expect(try errors("--scorer", "beauty=\(clip)").contains("pickscore=DIR"))
    #expect(try errors("--aesthetic", head(64)).contains("embeddings of 64 values"))
    #expect(
      try errors("--aesthetic", folder.url.appendingPathComponent("none.pth").path).contains("none.pth"))
  }
}
