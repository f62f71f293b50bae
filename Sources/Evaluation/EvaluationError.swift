public import Engines
public import Pictures
public import SamplerNames
public import TokenMerging
import Wording

/// What can be wrong with a sweep or a score. Each case reads as one sentence: what was
/// asked for, why it cannot be, what to do.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case noPrompts
  case noRatios
  case ratioOutOfRange(Double)
  case factorOutOfRange(Double)
  case factorWithoutToDo
  case badMerging(MergingError)
  case unknownAxis(String)
  case badAxisValue(SweepAxis.Name, value: String)
  case badScheduler(SchedulerNameError)
  case repeatedAxis(SweepAxis.Name)
  case noSeeds
  /// - Parameter others: how many other prompts the engine cannot do either
  case badPrompt(number: Int, of: Int, text: String, others: Int, EngineError)
  case hiresRatioWithoutPass
  case unwritable(path: String, reason: String)
  case inUse(subject: String)
  case otherModel(run: String, stored: ModelIdentity, given: ModelIdentity)
  case nothingToVerify(run: String)
  case nothingToMerge
  case notExplained(picture: String, engine: String)
  case notMerged(path: String)

  public var description: String {
    switch self {
    case .noPrompts:
      "no prompts to make pictures of"
    case .noRatios:
      "no ratios to compare"
    case .ratioOutOfRange(let ratio):
      "ratio \(ratio) is out of range; it is the share of tokens to merge, from 0 to 1"
    case .factorOutOfRange(let factor):
      "a factor of \(factor) is out of range; it says by what keys and values are thinned along both sides, and is 1 or "
        + "more"
    case .factorWithoutToDo:
      "a factor is for Token Downsampling alone; ask for it with --merge-variant todo"
    case .badMerging(let error):
      error.description
    case .unknownAxis(let name):
      "'\(name)' is nothing that a sweep can vary; it can vary "
        + "\(SweepAxis.Name.allCases.map(\.rawValue).joined(separator: ", ")), as in steps=10,20"
        + Suggestion.phrase(for: name, among: SweepAxis.Name.allCases.map(\.rawValue))
    case .badAxisValue(let axis, let value):
      "'\(value)' is no value of \(axis.rawValue); it takes \(axis.allowed), with commas between several"
    case .badScheduler(let error):
      error.description
    case .repeatedAxis(let axis):
      "\(axis.rawValue) is varied twice; give all its values at once, as in \(axis.rawValue)=A,B"
    case .hiresRatioWithoutPass:
      "hires-ratio is of a second pass, and the pictures have one only"
    case .noSeeds:
      "no seeds to start from"
    case .badPrompt(let number, let count, let text, let others, let error):
      "prompt \(number) of \(count), '\(text)': \(error)"
        + (others > 0 ? "; so with \(NumberText.count(others, "other prompt"))" : "")
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    case .inUse(let subject):
      "\(subject): another sweep is at it; wait for it to end"
    case .otherModel(let run, let stored, let given):
      "run \(run) was made with \(stored.name), fingerprint \(stored.fingerprint); the model given is "
        + "\(given.name), fingerprint \(given.fingerprint)"
    case .nothingToVerify(let run):
      "run \(run) holds no finished picture"
    case .notExplained(let picture, let engine):
      "\(picture) was made by \(engine); only pictures of this program's own engine, builtin, can be looked into while "
        + "they are made again"
    case .nothingToMerge:
      "no store to merge, but the one that is merged into"
    case .notMerged(let path):
      "\(path): is to be preferred, but is none of the stores that are merged"
    }
  }
}
