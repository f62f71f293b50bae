/// The samplers and schedule types of AUTOMATIC1111's web UI, by the names in its `modules/sd_samplers_*.py` and
/// `modules/sd_schedulers.py`.
///
/// A name stands for the same method here, not for the same picture: the web UI takes its noise from elsewhere, and
/// other timesteps.
enum WebUISampler {
  struct Entry: Sendable {
    let label: String
    /// Nil where the method does not exist here.
    let method: SamplingMethod?
    /// What the schedule type Automatic means.
    var automatic: SigmaSpacing?
    /// Whether schedule types change anything: its timestep samplers (`modules/sd_samplers_timesteps.py`) ignore them.
    var takesSchedule = true
  }

  static let all: [Entry] = [
    Entry(label: "DDIM", method: .ddim, takesSchedule: false),
    Entry(label: "PLMS", method: .pndm, takesSchedule: false),
    Entry(label: "UniPC", method: .unipc, takesSchedule: false),
    Entry(label: "LCM", method: .lcm),
    Entry(label: "Euler", method: .euler),
    Entry(label: "Euler a", method: .eulerAncestral),
    Entry(label: "LMS", method: .lms),
    Entry(label: "Heun", method: .heun),
    Entry(label: "DPM2", method: .kdpm2, automatic: .karras),
    Entry(label: "DPM2 a", method: .kdpm2Ancestral, automatic: .karras),
    Entry(label: "DPM++ 2M", method: .dpmSolver, automatic: .karras),
    // Its intervals do not overlap: drawn one by one, the Brownian tree's increments are the same in distribution.
    Entry(label: "DPM++ 2M SDE", method: .sdeDPMSolver, automatic: .exponential),
    Entry(label: "DPM++ SDE", method: .dpmSolverSDE, automatic: .karras),
    Entry(label: "DPM++ 2M SDE Heun", method: nil),
    Entry(label: "DPM++ 3M SDE", method: nil),
    Entry(label: "DPM++ 2S a", method: nil),
    Entry(label: "DPM fast", method: nil),
    Entry(label: "DPM adaptive", method: nil),
    Entry(label: "Restart", method: nil),
    Entry(label: "DDIM CFG++", method: nil),
  ]

  private enum Schedule: Equatable {
    /// That of the sampler's entry.
    case automatic
    /// By timesteps.
    case uniform
    case spacing(SigmaSpacing)
    case notHere
  }

  private static let schedules: [(label: String, schedule: Schedule)] = [
    ("Automatic", .automatic), ("Uniform", .uniform), ("Karras", .spacing(.karras)),
    ("Exponential", .spacing(.exponential)), ("Beta", .spacing(.beta)), ("SGM Uniform", .notHere),
    ("Polyexponential", .notHere), ("KL Optimal", .notHere), ("Align Your Steps", .notHere),
    ("Simple", .notHere), ("Normal", .notHere), ("DDIM", .notHere), ("Turbo", .notHere),
  ]

  /// Nil where the web UI has no such name.
  /// - Parameter name: in lower case, a sampler's with or without a schedule type after it
  static func kind(named name: String) throws(SchedulerNameError) -> SchedulerKind? {
    if let entry = entry(name) { return try kind(entry, .uniform, "Uniform") }
    for (label, schedule) in schedules.sorted(by: { $0.label.count > $1.label.count }) {
      guard name.hasSuffix(" " + label.lowercased()) else { continue }
      guard let entry = entry(String(name.dropLast(label.count + 1))) else { break }
      return try kind(entry, schedule, label)
    }
    return nil
  }

  private static func entry(_ name: String) -> Entry? { all.first { $0.label.lowercased() == name } }

  private static func kind(
    _ entry: Entry, _ schedule: Schedule, _ label: String
  ) throws(SchedulerNameError) -> SchedulerKind {
    guard let method = entry.method else { throw .notHere(entry.label) }
    let spacing: SigmaSpacing?
    switch schedule {
    case .automatic: spacing = entry.automatic
    case .uniform: spacing = nil
    case .spacing(let named): spacing = named
    case .notHere: throw .unknownSchedule(label, sampler: entry.label)
    }
    guard let kind = SchedulerKind(method, spacing) else { throw .noSpacing(method, schedule: label) }
    return kind
  }
}
