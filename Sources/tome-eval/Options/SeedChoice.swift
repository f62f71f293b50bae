import Benchmarking
import Evaluation
import Pictures
import PromptSets
import ResultStore
import Statistics
import Tensors
import Wording

/// The seeds of a sweep that is told none: two where they cost minutes and the sweep can carry a recommendation, which
/// then is known better, and has a seed change to be measured by; one otherwise.
///
/// Decided by what the pictures take in operations, which is the same everywhere and at any time: the same command goes
/// on with the same run, and every shard is of the same.
struct SeedChoice: CustomStringConvertible {
  static let one: [Seed] = [0]
  static let two: [Seed] = [0, 1]
  /// Of both seeds: minutes of a desktop's processor.
  static let teraOperations = 200.0

  let seeds: [Seed]
  let description: String

  /// Nil for a sweep of too few prompts for a recommendation: a look, which has one.
  /// - Parameter plan: with one seed
  init?(_ plan: SweepPlan, _ model: ModelOptions) throws {
    let prompts = plan.promptSet.prompts.count
    guard prompts >= Recommendation.minimumPrompts else { return nil }
    try model.processor.use()
    let subject = try model.subject(nil)
    func operations(_ part: BenchmarkPart, _ size: (width: Int, height: Int)) throws -> Double {
      try StageCost(
        BenchmarkCase(part: part, width: size.width, height: size.height), of: subject,
        threads: Parallel.threadCount
      ).operations
    }
    let sampling = plan.sampling
    let decoding = try operations(.vae, sampling.pictureSize)
    let step = try operations(.unet, (sampling.width, sampling.height))
    let second = try sampling.hires.map { try operations(.unet, ($0.width, $0.height)) } ?? 0
    // As if nothing were merged: what merging saves is what the sweep finds out.
    let pictures = plan.variants.map { variant in
      let steps = variant.recipe.sampling.steps ?? 0
      return Double(steps) * step + Double(sampling.hires?.steps ?? steps) * second + decoding
    }
    self.init(teraOperations: 2 * Double(prompts) * pictures.reduce(0, +) / 1e12)
  }

  /// - Parameter needed: for two seeds
  init(teraOperations needed: Double) {
    let isLittle = needed <= Self.teraOperations
    seeds = isLittle ? Self.two : Self.one
    let work = "\(NumberText.fixed(needed, needed < 10 ? 1 : 0)) TFLOP"
    description =
      isLittle
      ? "two seeds, 0 and 1, as they take no more than about \(work); --seeds 0 takes half of that"
      : "one seed, as two would take about \(work); --seeds 0,1 takes them all the same"
  }
}
