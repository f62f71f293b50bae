import Checkpoints
import Engines
import Evaluation
import Foundation
import Machine
import Metrics
import Pictures
import PerceptualModels
import ReferenceFixtures
import ResultStore
import Scoring
import Testing

/// Null checks, seed noise, LPIPS and verification of real sweeps.
extension SweepTests {
  private func outcomes(_ checks: [NullCheckRecord]) -> [NullCheckRecord.Kind: NullCheckRecord.Outcome] {
    Dictionary(checks.map { ($0.kind, $0.outcome) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func `null checks pass, are made once and counted in the progress`() throws {
    var totals: [Int] = []
    let first = try sweep { event in
      if case .check(let progress, _) = event { totals.append(progress.total) }
      if case .picture(let progress, _) = event { totals.append(progress.total) }
    }
    #expect(first.outcome.checksMade == 2 && totals == [6, 6, 6, 6, 6, 6])
    #expect(
      outcomes(first.outcome.nullChecks)
        == [.zeroRatio: .passed, .repetition: .passed, .effect: .passed, .cap: .passed])
    #expect(Set(first.contents.nullChecks) == Set(first.outcome.nullChecks))
    try expectComplete(first)
    let second = try sweep()
    #expect(second.outcome.didNothing && second.contents.nullChecks == first.contents.nullChecks)
  }

  @Test func `checks that were not wanted, or interrupted, are made by a later sweep`() throws {
    let without = try sweep(makesChecks: false)
    #expect(without.outcome.checksMade == 0)
    #expect(outcomes(without.contents.nullChecks)[.repetition] == .pending)
    #expect(without.contents.nullChecks.contains { $0.detail.contains("not made, as was asked for") })
    let cancellation = Cancellation()
    let stopped = try sweep(cancellation: cancellation) { event in
      if case .check = event { cancellation.request() }
    }
    #expect(stopped.outcome.isInterrupted && stopped.outcome.checksMade == 1)
    let resumed = try sweep()
    #expect(resumed.outcome.made == 0 && resumed.outcome.checksMade == 1)
    #expect(outcomes(resumed.contents.nullChecks)[.repetition] == .passed)
  }

  @Test func `other bits fail a check, and are only noted where another machine made the picture`() throws {
    _ = try sweep(makesChecks: false)
    try alter("UPDATE sample SET latentsHash = '0'")
    func zeroRatio() throws -> NullCheckRecord {
      try #require(try sweep().contents.nullChecks.first { $0.kind == .zeroRatio })
    }
    let failed = try zeroRatio()
    #expect(failed.outcome == .failed && failed.detail.contains("other latents"))
    try alter(
      """
      DELETE FROM nullCheck;
      UPDATE execution SET machine = json_set(machine, '$.blasCore', 'Other');
      """)
    let noted = try zeroRatio()
    #expect(noted.outcome == .noted && noted.detail.contains("the kernel set was Other"))
  }

  @Test func `a ratio that changes nothing fails, and one above the cap is noted`() throws {
    let checks = try sweep(ratios: [0, 0.0001, 0.9]).contents.nullChecks
    #expect(checks.filter { $0.kind == .effect }.map(\.outcome) == [.failed, .passed])
    #expect(
      checks.contains { $0.detail == "ratio 0.0001 changed nothing: all 2 pictures equal their baseline" })
    #expect(checks.contains { $0.outcome == .noted && $0.detail.hasPrefix("ratio 0.9 acts as 0.75") })
  }

  @Test func `each seed's baseline is measured against the next one's`() throws {
    #expect(try sweep().contents.seedNoise.isEmpty)
    let noise = try sweep(ratios: [0], seeds: [0, 1, 2], makesChecks: false).contents.seedNoise
    let first = noise.filter { $0.promptID == noise.first?.promptID && $0.metric == .mae }
    #expect(Set(first.map { [$0.seedA, $0.seedB] }) == [[0, 1], [1, 2], [2, 0]])
    let distances = Metric.allCases.count { $0.needsBaseline && [.pixels, .clip].contains($0.scorer) }
    #expect(noise.count == 2 * 3 * distances)
    #expect(noise.filter { $0.metric == .mae || $0.metric == .clipImage }.allSatisfy { $0.value ?? 0 > 0 })
    #expect(noise.filter { $0.metric == .msSSIM }.allSatisfy { $0.value == nil })
  }

  @Test func `scores that an older version did not know are added without making pictures`() throws {
    _ = try sweep()
    try alter("DELETE FROM score WHERE metric IN ('ms_ssim', 'changed_pixels')")
    let again = try sweep()
    #expect(again.outcome.made == 0 && again.outcome.scored == 2)
    try expectComplete(again)
  }

  @Test func `LPIPS distances are added to a run, beside those of other weights`() throws {
    let weights = try TemporaryFolder()
    let fixture = try Fixture("PerceptualModels", "lpips-alex")
    try fixture.writeModel("alexnet", to: weights.url, weightsName: "alexnet.safetensors")
    try fixture.writeModel("lin", to: weights.url, weightsName: "lin.safetensors")
    let model = try LPIPS(ModelDirectory(weights.url))
    func scorer(_ name: String) -> LPIPSScorer {
      LPIPSScorer(model: model, identity: ModelIdentity(name: name, fingerprint: name))
    }
    let without = try sweep()
    for (index, name) in ["a", "b"].enumerated() {
      let with = try sweep(lpips: [scorer(name)])
      #expect(with.outcome.made == 0 && with.outcome.scored == 2)
      #expect(with.contents.run.id == without.contents.run.id)
      #expect(with.contents.scorer(.lpips)?.fingerprint == name)
      let scores = with.contents.scores.filter { $0.metric == .lpips }
      #expect(scores.count == 2 * (index + 1) && scores.allSatisfy { $0.value ?? 0 > 0 })
    }
    let later = try sweep()
    #expect(later.outcome.didNothing && later.contents.scores.contains { $0.metric == .lpips })
  }

  @Test func `pictures made again have the stored bits, and altered hashes are found`() throws {
    let made = try sweep(makesChecks: false)
    func verify(_ contents: RunContents, model: String = "m") throws -> Verification {
      try Verification(
        of: contents, folders: PictureFolders(store: folder.url, output: folder.url),
        engine: BuiltinEngine(engine.pipeline, model: ModelIdentity(name: "demo", fingerprint: model)),
        count: 2, seed: 1)
    }
    let equal = try verify(made.contents)
    #expect(equal.isEqual && equal.results.count == 2 && equal.reasons.isEmpty)
    #expect(equal.results.allSatisfy { $0.picture == .equal })
    #expect(try verify(made.contents).results.map(\.sample.id) == equal.results.map(\.sample.id))
    var altered = made.contents
    for index in altered.samples.indices { altered.samples[index].latentsHash = "0" }
    #expect(try !verify(altered).isEqual)
    #expect(throws: EvaluationError.self) { try verify(made.contents, model: "other") }
    altered.samples = []
    #expect(throws: EvaluationError.nothingToVerify(run: made.contents.run.name)) { try verify(altered) }
  }
}
