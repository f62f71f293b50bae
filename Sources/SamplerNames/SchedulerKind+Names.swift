import Wording

/// Every name under which a user may ask for a kind: ours, and those of AUTOMATIC1111's web UI.
extension SchedulerKind {
  /// The names there are, in a few words.
  package static let summary =
    SamplingMethod.allCases.map(\.rawValue).joined(separator: ", ") + "; "
    + SamplingMethod.allCases.filter(\.takesSigmaSpacing).map(\.rawValue).joined(separator: ", ")
    + " also with "
    + SigmaSpacing.allCases.map { "-\($0.rawValue)" }.joined(separator: ", ")

  /// - Parameter name: ours, as in `dpmsolver++-karras`, or the web UI's, as in `DPM++ 2M Karras`; in either case of
  ///   letters
  /// - Throws: ``SchedulerNameError``
  public init(named name: String) throws(SchedulerNameError) {
    let lowercase = name.lowercased()
    if let own = SchedulerKind(rawValue: lowercase) {
      self = own
      return
    }
    for spacing in SigmaSpacing.allCases.map(\.rawValue) where lowercase.hasSuffix("-" + spacing) {
      if let method = SamplingMethod(rawValue: String(lowercase.dropLast(spacing.count + 1))) {
        throw .noSpacing(method, schedule: spacing)
      }
    }
    guard let kind = try WebUISampler.kind(named: lowercase) else { throw .unknown(name) }
    self = kind
  }

  /// As the web UI would call it; nil where it has no such sampler.
  package var webUIName: String? {
    webUIEntry.map { entry in entry.label + (scheduleLabel.map { " \($0)" } ?? "") }
  }

  /// The web UI's sampler and its schedule type, as versions with a list of schedule types of their own (1.9 and later)
  /// take them apart; nil where it has no such sampler, or one that goes by timesteps whatever type is asked for.
  package var webUILabels: (sampler: String, schedule: String)? {
    guard let entry = webUIEntry, spacing == nil || entry.takesSchedule else { return nil }
    // Automatic means Karras for some of those that take a spacing.
    let plain = method.takesSigmaSpacing && entry.takesSchedule ? "Uniform" : "Automatic"
    return (entry.label, scheduleLabel ?? plain)
  }

  private var webUIEntry: WebUISampler.Entry? { WebUISampler.all.first { $0.method == method } }

  private var scheduleLabel: String? {
    spacing.map { $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }
  }
}

/// Why a name is none of a scheduler: one sentence, which names those there are unless only its ``problem`` is asked for.
public enum SchedulerNameError: Error, Equatable, CustomStringConvertible {
  case unknown(String)
  /// The web UI has it.
  case notHere(String)
  case noSpacing(SamplingMethod, schedule: String)
  case unknownSchedule(String, sampler: String)

  public var description: String { "\(fact); there are \(SchedulerKind.summary)\(suggestion)" }

  /// The sentence for where the names that there are stand beside it.
  public var problem: String { fact + suggestion }

  private var fact: String {
    switch self {
    case .unknown(let name):
      "no scheduler is called '\(name)'"
    case .notHere(let name):
      "the web UI's sampler \(name) does not exist here"
    case .noSpacing(let method, let schedule):
      "\(method.rawValue) has its own noise levels and takes no schedule type \(schedule)"
    case .unknownSchedule(let schedule, let sampler):
      "the web UI's schedule type \(schedule), asked for with \(sampler), does not exist here"
    }
  }

  /// What was probably meant, among our names and the web UI's; empty where nothing is near.
  private var suggestion: String {
    guard case .unknown(let name) = self else { return "" }
    let own = SchedulerKind.allCases.map(\.rawValue)
    let others = SchedulerKind.allCases.compactMap(\.webUIName).filter { !own.contains($0.lowercased()) }
    let nearest = Suggestion.phrase(for: name, among: own + others)
    // In both spellings, as `euler-karras` and `Euler Karras`, a name can be as near twice.
    return nearest.isEmpty ? Suggestion.phrase(for: name, among: own) : nearest
  }
}
