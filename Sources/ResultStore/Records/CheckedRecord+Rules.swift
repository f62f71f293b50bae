import Machine
import Metrics
import Pictures
import TokenMerging

/// What the columns of every table hold, as far as the program relies on it.

extension RunRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .text("key"), .text("name"), .date("created"), .text("modelName"),
      .text("modelFingerprint"), .text("modelNote").orNull,
      .json("sampling", of: Sampling.self) { $0.isPossible }, .text("promptSet"),
    ]
  }
}

extension ExecutionRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .integer("runID"), .text("engine"), .text("engineVersion").orNull,
      .text("device").orNull, .json("machine", of: MachineDescription.self), .text("toolVersion"),
      .text("commandLine"), .date("began"),
    ]
  }
}

extension PromptRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .integer("runID"), .integer("position"), .integer("row"), .text("text"),
      .text("category").orNull, .text("challenge").orNull, .text("subset").orNull,
      .text("unread").orNull,
    ]
  }
}

extension VariantRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .integer("runID"), .text("key"), .text("model"),
      .json("recipe", of: PictureRecipe.self) {
        $0.sampling.isPossible && $0.merging?.isPossible != false && $0.hiresMerging?.isPossible != false
      },
      .number("ratio", in: 0...1), .number("effectiveRatio", in: 0...1),
      .json("equalTimeMerging", of: MergingOptions.self) { $0.isPossible }.orNull,
      .text("equalTimeOf").orNull, .integer("isBaseline", in: 0...1),
    ]
  }
}

extension PictureRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .word("base", of: PictureBase.self),
      .text("path") { (try? PicturePath($0)) != nil }, .text("fileHash"), .text("pixelHash").orNull,
      .integer("width", in: ColumnRule.sides), .integer("height", in: ColumnRule.sides),
      .word("format", of: Format.self),
    ]
  }
}

extension SampleRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [
      .integer("id"), .integer("promptID"), .integer("variantID"), .integer("seed"),
      .word("state", of: State.self), .text("contentKey"), .integer("pictureID").orNull,
      .integer("executionID").orNull, .text("latentsHash").orNull,
      .number("seconds", in: ColumnRule.seconds).orNull,
      .number("secondsPerStep", in: 0...ColumnRule.largest).orNull,
      .json("stageSeconds", of: StageSeconds.self) { $0.isPossible }.orNull,
      .integer("peakMemoryBytes", in: 0...(.max)).orNull,
      .json("mergeStatistics", of: MergeStatistics.self) { $0.isPossible }.orNull, .text("error").orNull,
    ]
  }
}

extension BlockStatisticsRecord: CheckedRecord {
  static let key = ["sampleID", "block"]
  static var rules: [ColumnRule] {
    [
      .integer("sampleID"), .text("block"),
      .json("statistics", of: MergeStatistics.self) { $0.isPossible },
    ]
  }
}

extension ScorerRecord: CheckedRecord {
  static var rules: [ColumnRule] {
    [.integer("id"), .word("kind", of: Metric.Scorer.self), .text("name"), .text("fingerprint")]
  }
}

extension ScoreRecord: CheckedRecord {
  static let key = ["sampleID", "metric", "scorerID"]
  static var rules: [ColumnRule] {
    [
      .integer("sampleID"), .word("metric", of: Metric.self), .integer("scorerID"),
      .number("value", in: -ColumnRule.largest...ColumnRule.largest).orNull, .text("picture"),
      .text("reference").orNull,
    ]
  }
}

extension DifferenceRecord: CheckedRecord {
  static let key = ["sampleID"]
  static var rules: [ColumnRule] {
    let levels = 0.0...255
    return [
      .integer("sampleID"), .text("picture"), .text("reference"),
      .blob("cells") { $0.count == DifferenceMap.side * DifferenceMap.side },
      .number("onEdges", in: levels).orNull,
      .number("onFlat", in: levels), .number("low", in: 0...ColumnRule.largest),
      .number("mid", in: 0...ColumnRule.largest), .number("high", in: 0...ColumnRule.largest),
      .number("highOnEdges", in: 0...ColumnRule.largest).orNull, .number("specks", in: 0...1),
      .number("meanShift", in: 0...ColumnRule.largest), .number("spreadShift", in: 0...ColumnRule.largest),
    ]
  }
}

extension SeedNoiseRecord: CheckedRecord {
  static let key = ["promptID", "seedA", "seedB", "metric", "scorerID"]
  static var rules: [ColumnRule] {
    [
      .integer("promptID"), .integer("seedA"), .integer("seedB"),
      .word("metric", of: Metric.self), .integer("scorerID"),
      .number("value", in: -ColumnRule.largest...ColumnRule.largest).orNull, .text("picture"),
      .text("reference"),
    ]
  }
}

extension NullCheckRecord: CheckedRecord {
  static let key = ["rowid"]
  static var rules: [ColumnRule] {
    [
      .integer("runID"), .word("kind", of: Kind.self), .integer("variantID").orNull,
      .word("outcome", of: Outcome.self), .text("detail"),
    ]
  }
}

extension Sampling {
  fileprivate var isPossible: Bool {
    steps.map { $0 >= 1 } != false && guidanceScale?.isFinite != false
      && ColumnRule.sides.contains(Int64(width)) && ColumnRule.sides.contains(Int64(height))
      && framing?.isPossible != false && clipSkip.map { $0 >= 1 } != false
      && hires?.isPossible != false && initImage.map { $0.strength > 0 && $0.strength <= 1 } != false
  }
}

extension HiresPass {
  fileprivate var isPossible: Bool {
    scale.isFinite && scale > 0 && ColumnRule.sides.contains(Int64(width))
      && ColumnRule.sides.contains(Int64(height)) && steps.map { $0 >= 1 } != false && strength > 0
      && strength <= 1
  }
}

extension Framing {
  fileprivate var isPossible: Bool {
    originalWidth > 0 && originalHeight > 0 && cropLeft >= 0 && cropTop >= 0
  }
}

extension MergingOptions {
  fileprivate var isPossible: Bool { (try? validate()) != nil }
}

extension StageSeconds {
  fileprivate var isPossible: Bool {
    [text, encode ?? 0, denoise, upscale ?? 0, hires ?? 0, decode, write].allSatisfy {
      (0...ColumnRule.largest).contains($0)
    }
  }
}

extension MergeStatistics {
  fileprivate var isPossible: Bool {
    (0...1).contains(effectiveRatio)
      && [tokensKept, meanSimilarity, minimumSimilarity].compactMap(\.self).allSatisfy(\.isFinite)
  }
}
