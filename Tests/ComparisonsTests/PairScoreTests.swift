import Foundation
import Images
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

/// The pictures of two runs, each against that of the other.
@Suite struct `Scores of pairs` {
  private static func small() -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(4))
    run.ratios = [0, 0.3, 0.5]
    run.size = 16
    return run
  }

  private struct Runs {
    let after: RunContents
    let before: RunContents
    let folders: (after: PictureFolders, before: PictureFolders)
    var pairing: Pairing { Pairing(after, against: before) }

    /// - Parameter change: of the later run
    init(in folder: URL, _ change: (inout SyntheticRun) -> Void) throws {
      var run = small()
      run.name = "before"
      before = try run.make(in: folder.appendingPathComponent("before"))
      run.name = "after"
      change(&run)
      after = try run.make(in: folder.appendingPathComponent("after"))
      func folders(_ name: String) -> PictureFolders {
        let own = folder.appendingPathComponent(name)
        return PictureFolders(store: own, output: own)
      }
      self.folders = (folders("after"), folders("before"))
    }

    func scores(_ distances: [PictureDistance] = []) -> PairScores {
      PairScores(pairing, own: folders.after, reference: folders.before, distances: distances)
    }

    /// The two pictures of a slot, from their files.
    func images(_ slot: Pairing.Slot) throws -> (RGBImage, RGBImage) {
      func image(_ sample: SampleRecord?, _ folders: PictureFolders) throws -> RGBImage {
        let picture = try #require(sample?.picture)
        return try PNGCodec.decode(folders.url(of: picture)).image
      }
      return (try image(slot.own, folders.after), try image(slot.reference, folders.before))
    }
  }

  @Test func `are of the two pictures, and count those that are the same`() throws {
    try withTemporaryFolder { folder in
      // At 0.5 the later run does nothing to the unmerged pictures.
      let runs = try Runs(in: folder) { $0.isIdentical = { _, variant, _ in variant.ratio == 0.5 } }
      let pairing = runs.pairing.scored(by: runs.scores())
      let comparison = Comparison(pairing)
      #expect(comparison.rows.map(\.variant.ratio) == [0, 0.3, 0.5])
      #expect(comparison.rows[0].pairIdentity == PairIdentity(identical: 8, count: 8))
      #expect(comparison.rows[1].pairIdentity == PairIdentity(identical: 8, count: 8))
      let rmse = try #require(runs.after.measure(.rmse))
      let ssim = try #require(runs.after.measure(.ssim))
      let entry = try #require(pairing.entries.last)
      let slots = pairing.slots(of: entry)
      let images = try slots.map(runs.images)
      let same = images.count { $0.0 == $0.1 }
      #expect(same < 8 && comparison.rows[2].pairIdentity == PairIdentity(identical: same, count: 8))
      let errors = images.map { Metrics.rmse($0.0, $0.1) }
      #expect(abs(try #require(comparison.rows[2].means[rmse]) - errors.reduce(0, +) / 8) < 1e-12)
      let likeness = images.compactMap { Metrics.ssim($0.0, $0.1) }
      #expect(abs(try #require(comparison.rows[2].means[ssim]) - likeness.reduce(0, +) / 8) < 1e-12)
      #expect(comparison.rows[1].means[ssim] == 1 && comparison.rows[1].means[rmse] == 0)
      #expect(comparison.rows[0].means[ssim] == 1)
      let text = comparison.table(hasColors: false)
      #expect(text.contains("bit-identical") && text.contains("8 of 8"))
      #expect(text.contains("\(16 + same) of 24 pictures are bit-identical."))
      #expect(text.contains("between the two runs' pictures of the same prompt, seed and variant"))
      // The worst are those that are least like the other run's.
      let worst = Comparison(pairing, measure: ssim).worst(1)
      #expect(worst.first?.variant == "0.5" && worst.first?.score == likeness.min())
      #expect(worst.first?.reference == nil)
      // A gate on the mean is about the pairs, one on the difference about each run's own baseline.
      let gates = try ["rmse.mean > 0", "ssim.mean < 0.5", "ssim.delta < -2"].map { try Gate($0) }
      let checks = Conclusion(comparison, gates: gates).checks
      // Unmerged pictures have no baseline but themselves.
      #expect(checks[2].outcome == .unknown)
      #expect(checks[0].outcome == .failed && checks[0].detail.hasPrefix("ratio 0.5 has "))
      #expect(checks[1].outcome == (try #require(comparison.rows[2].means[ssim]) < 0.5 ? .failed : .passed))
    }
  }

  @Test func `know what is the same without a look at the files`() throws {
    try withTemporaryFolder { folder in
      let runs = try Runs(in: folder) { _ in }
      try FileManager.default.removeItem(at: folder.appendingPathComponent("after/images"))
      let scores = runs.scores()
      #expect(scores.notes.isEmpty)
      let comparison = Comparison(runs.pairing.scored(by: scores))
      #expect(comparison.rows.allSatisfy { $0.pairIdentity == PairIdentity(identical: 8, count: 8) })
      // Without any pair scores, too.
      #expect(Comparison(runs.pairing).rows[2].pairIdentity == PairIdentity(identical: 8, count: 8))
    }
  }

  @Test func `say which files are gone, and which sizes differ`() throws {
    try withTemporaryFolder { folder in
      let gone = try Runs(in: folder.appendingPathComponent("gone")) { $0.isIdentical = { _, _, _ in true } }
      let pair = try #require(gone.pairing.picturePairs.last { !$0.isIdentical })
      try FileManager.default.removeItem(at: gone.folders.after.url(of: pair.ownPicture))
      #expect(
        gone.scores().notes.map(\.text) == [
          "1 pair not compared pixel by pixel: a file is gone, or not what was stored"
        ])
      let large = try Runs(in: folder.appendingPathComponent("large")) { $0.size = 32 }
      let scores = large.scores()
      #expect(scores.notes.count == 1 && scores.notes[0].isWarning)
      #expect(scores.notes[0].text.hasPrefix("24 pairs of pictures of 32x32 and 16x16 can't be compared"))
      let comparison = Comparison(large.pairing.scored(by: scores))
      #expect(comparison.rows.allSatisfy { $0.difference?.pairCount == 8 })
      #expect(comparison.rows.allSatisfy { $0.pairIdentity == PairIdentity(identical: 0, count: 8) })
    }
  }

  @Test func `take what needs weights, and embeddings that are stored`() throws {
    try withTemporaryFolder { folder in
      var runs = try Runs(in: folder) { $0.isIdentical = { _, variant, _ in variant.ratio == 0.5 } }
      let scorer = ScorerRecord(kind: .lpips, name: "alex", fingerprint: "alex")
      let distance = PictureDistance(scorer) { Metrics.mae($0, $1) / 64 }
      let pairing = runs.pairing.scored(by: runs.scores([distance]))
      let measure = try #require(pairing.knownMeasure(named: "lpips"))
      let comparison = Comparison(pairing, measure: measure)
      let mae = try #require(runs.after.measure(.mae))
      let mean = try #require(comparison.rows[2].means[mae])
      #expect(abs(try #require(comparison.rows[2].means[measure]) - mean / 64) < 1e-12)
      #expect(comparison.rows[2].score != nil && comparison.rows[2].difference == nil)
      #expect(comparison.rows[0].means[measure] == nil || comparison.rows[0].means[measure] == 0)

      struct Useless: Error {}
      let broken = runs.scores([PictureDistance(scorer) { _, _ in throw Useless() }])
      #expect(broken.notes.contains { $0.text.hasSuffix("without LPIPS: it is no finite number") })

      // Embeddings at right angles in one pair, equal ones in all others.
      runs = try Runs(in: folder.appendingPathComponent("embedded")) { _ in }
      var (after, before) = (runs.after, runs.before)
      for sample in after.samples { after.embeddings[try #require(sample.picture).fileHash] = [1, 0] }
      for sample in before.samples { before.embeddings[try #require(sample.picture).fileHash] = [1, 0] }
      let odd = try #require(before.samples.last?.picture)
      before.embeddings[odd.fileHash] = [0, 2]
      let embedded = Pairing(after, against: before)
      let scores = PairScores(embedded, own: runs.folders.after, reference: runs.folders.before)
      let image = try #require(after.measure(.clipImage))
      let rows = Comparison(embedded.scored(by: scores)).rows
      #expect(rows.map { $0.means[image] } == [100, 100, 87.5])
    }
  }

  @Test func `of several runs go into one text`() throws {
    try withTemporaryFolder { folder in
      let runs = try Runs(in: folder) { _ in }
      let reports = [
        ComparisonReport(Comparison(runs.pairing)),
        ComparisonReport(Comparison(Pairing(runs.before, against: runs.after))),
      ]
      let table = ComparisonReport.text(reports, .table)
      #expect(table.contains("after against run before") && table.contains("before against run after"))
      #expect(ComparisonReport.text(reports, .markdown).hasPrefix("## after against run before"))
      #expect(ComparisonReport.text(reports, .csv).split(whereSeparator: \.isNewline).count == 1 + 3 + 3)
      let json = try JSONSerialization.jsonObject(with: Data(ComparisonReport.text(reports, .json).utf8))
      #expect(((json as? [String: Any])?["comparisons"] as? [Any])?.count == 2)
      #expect(
        ComparisonReport.text([reports[0]], .json) == ComparisonReport(Comparison(runs.pairing)).text(.json))
    }
  }
}
