import ArgumentParser
import Benchmarking
import Checkpoints
import DemoCheckpoint
import Engines
import Evaluation
import Foundation
import Machine
import PictureFiles
import Pictures
import Reporting
import ResultStore
import StableDiffusion
import Tensors
import Wording

/// What a user of the command line can do about an error: libraries know no options.
enum Advice {
  /// The error, and what to do about it.
  static func sentence(_ error: any Error) -> String {
    added(to: TomeEval.fullMessage(for: error), error)
  }

  /// What is said of an error, and what to do about it.
  static func added(to message: String, _ error: any Error) -> String {
    text(error).map { "\(message); \($0)" } ?? message
  }

  /// What is said of finished pictures whose files are not there, or not what was stored; empty where all are.
  static func changedPictures(
    _ files: ChangedFiles, in folders: PictureFolders, option: String = "--output"
  ) -> [String] {
    var sentences: [String] = []
    if files.gone > 0 {
      sentences.append(
        "\(NumberText.count(files.gone, "finished picture")) not found in \(folders.output.path); pass the run's own "
          + "folder with \(option), or make what is gone again with the same sweep")
    }
    if let first = files.others.first {
      let count = files.others.count
      sentences.append(
        "\(NumberText.count(count, "picture file")) not what was scored: "
          + (count == 1 ? "\(first)" : "\(first) and others, which `tome-eval verify --files-only` names")
          + "; put back what was there, or make the pictures again with the same sweep")
    }
    return sentences
  }

  private static func text(_ error: any Error) -> String? {
    switch error {
    case let error as StoreError: text(error)
    case let error as EvaluationError: text(error)
    case let error as ReportError: text(error)
    case let error as CheckpointError: text(error)
    case EngineError.impossible(.checkpoint(let error)): text(error)
    case is NotFiniteError, EngineError.brokenPart: "`tome-eval doctor` looks at every weight"
    case is DemoCheckpointError: "pass a model with --model DIR"
    case is OpenBLASError, is AddressesTooFew: "or pass --matrix-products builtin"
    case BenchmarkError.limitRefused: "choose another --memory-limit"
    default: nil
    }
  }

  private static func text(_ error: CheckpointError) -> String? {
    switch error {
    case .missingPart(_, "vae", _): "pass one with --vae FILE"
    case .mistaken(_, let what, _) where what.hasPrefix("a LoRA, which"):
      "it is added to one with --lora FILE"
    case .mistaken(_, let what, _) where what.hasPrefix("a textual inversion, which"):
      "it is added to one with --embedding FILE"
    case .mistaken(_, "a LoRA, no textual inversion", _): "pass it with --lora"
    case .mistaken(_, "a textual inversion, no LoRA", _): "pass it with --embedding"
    case .missingPart(_, "tokenizer", _): "or pass a folder that has one with --tokenizer DIR or --config DIR"
    default: nil
    }
  }

  private static func text(_ error: StoreError) -> String? {
    switch error {
    case .missing: "a sweep makes one, as in `tome-eval sweep --output DIR`"
    case .noFile, .notAStore: "pass another --store"
    case .unwritable: "choose another folder with --output or --store"
    default: nil
    }
  }

  private static func text(_ error: EvaluationError) -> String? {
    switch error {
    case .noPrompts: "check --prompts and --limit"
    case .noRatios: "pass some, as in --ratios 0,0.3,0.5"
    case .hiresRatioWithoutPass: "add one with --hires-scale, as in --hires-scale 2"
    case .noSeeds: "pass some, as in --seeds 0,1,2"
    case .unwritable: "choose another folder with --output"
    case .inUse: "or choose another folder with --output, and another --store"
    case .otherModel: "pass the run's own with --model, and with its --lora and --embedding"
    case .nothingToVerify: "sweep first"
    default: nil
    }
  }

  private static func text(_ error: ReportError) -> String? {
    switch error {
    case .unwritable, .pictures(.unwritable): "choose another folder with --output or --to, or make room"
    case .tooLarge: "leave out --single-file and share the folder"
    default: nil
    }
  }
}
