package import Foundation
package import Pictures
package import ResultStore

/// A file of votes on a run's pictures, as a page saves it.
package struct SyntheticVotes: Sendable {
  package enum Answer: Sendable { case baseline, merged, same, skip }

  package var version = 2
  package var voter: String? = "00112233445566aa"
  package var name: String?
  package var round = "9a31c07be55d0f12"
  /// The first hour of the votes.
  package var hour = 9
  /// Nil for pictures that are not voted on.
  package var answer: @Sendable (PromptRecord, VariantRecord, Seed) -> Answer? = { _, _, _ in nil }
  /// To the baselines of the first prompts, shown twice.
  package var trials: [Answer] = []
  /// The label of the first variant at which a change is noticed, an empty text for none at all; nil for no mark.
  package var noticed: @Sendable (PromptRecord, Seed) -> String? = { _, _ in nil }

  package init() {}

  /// As JSON; the times are in the order of the entries, a second apart.
  package func data(of contents: RunContents) throws -> Data {
    var document: [String: Any] = [
      "format": "tome-eval votes", "version": version, "toolVersion": "0.9.0",
      "exported": "2026-03-01T23:30:00.000Z",
      "runs": [["key": contents.run.key, "name": contents.run.name]],
    ]
    if let voter { document["voter"] = voter }
    if let name { document["voterName"] = name }
    var second = 0
    func time() -> String {
      defer { second += 1 }
      return String(
        format: "2026-03-01T%02d:%02d:%02d.120Z", hour + second / 3600, second / 60 % 60, second % 60)
    }
    let baselines = contents.baselines
    func sample(_ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed) -> SampleRecord? {
      contents.samples.first {
        ($0.promptID, $0.variantID, $0.seed) == (prompt.id, variant.id, seed) && $0.state == .done
      }
    }
    var votes: [[String: Any]] = []
    func vote(
      _ answer: Answer, _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed, isTrial: Bool
    ) {
      guard let merged = sample(prompt, variant, seed)?.picture, let baseline = contents.baseline,
        let reference = baselines[.init(promptID: prompt.id, seed: seed)]?.picture
      else { return }
      let side = votes.count.isMultiple(of: 2) ? "left" : "right"
      let word =
        switch answer {
        case .baseline: side
        case .merged: side == "left" ? "right" : "left"
        case .same: "same"
        case .skip: "skip"
        }
      votes.append([
        "run": contents.run.key, "round": round, "row": "\(prompt.row)", "seed": "\(seed)",
        "prompt": prompt.text,
        "baseline": ["variant": baseline.label, "pixelHash": Self.json(reference.pixelHash)],
        "merged": ["variant": variant.label, "pixelHash": Self.json(merged.pixelHash)],
        "baselineSide": side, "answer": word, "milliseconds": 1500, "isCatchTrial": isTrial, "time": time(),
      ])
    }
    for prompt in contents.prompts {
      for seed in contents.seeds {
        for variant in contents.variants where !variant.isBaseline {
          if let answer = answer(prompt, variant, seed) {
            vote(answer, prompt, variant, seed, isTrial: false)
          }
        }
      }
    }
    if let baseline = contents.baseline, let seed = contents.seeds.first {
      for (prompt, answer) in zip(contents.prompts, trials) {
        vote(answer, prompt, baseline, seed, isTrial: true)
      }
    }
    var marks: [[String: Any]] = []
    for prompt in contents.prompts {
      for seed in contents.seeds {
        guard let ratio = noticed(prompt, seed) else { continue }
        var mark: [String: Any] = [
          "run": contents.run.key, "row": "\(prompt.row)", "seed": "\(seed)",
          "ratio": Self.json(ratio.isEmpty ? nil : ratio), "time": time(),
        ]
        if version > 1 {
          mark["prompt"] = prompt.text
          mark["pixelHash"] = Self.json(
            baselines[.init(promptID: prompt.id, seed: seed)]?.picture?.pixelHash)
        }
        marks.append(mark)
      }
    }
    document["votes"] = votes
    document["noticed"] = marks
    return try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys])
  }

  private static func json(_ text: String?) -> Any { text.map { $0 as Any } ?? NSNull() }
}
