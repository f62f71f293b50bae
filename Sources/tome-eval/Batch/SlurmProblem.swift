/// Why a sweep is not submitted.
enum SlurmProblem: Error, CustomStringConvertible {
  case noSlurm
  case refused(command: String, status: Int32)
  case noNumber(command: String, output: String)
  case mergeRefused(job: String, command: String, status: Int32)

  var description: String {
    switch self {
    case .noSlurm:
      "sbatch is not on the PATH: submit where Slurm is, or have the scripts printed with --dry-run"
    case .refused(let command, let status):
      "`\(command)` ended with \(status); what Slurm says of it stands above"
    case .noNumber(let command, let output):
      "`\(command)` printed '\(output)', which is not the number of a job"
    case .mergeRefused(let job, let command, let status):
      "the sweep is submitted as job \(job), but `\(command)` ended with \(status); submit it again when Slurm takes it, "
        + "or stop the sweep with `scancel \(job)`"
    }
  }
}
