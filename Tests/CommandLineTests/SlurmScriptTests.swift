import Foundation
import ReferenceFixtures
import Testing

/// The batch scripts that are submitted. `scripts/slurm-test` submits some to a cluster of its own.
@Suite struct SlurmScriptTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// As it is printed, with FOLDER and TOOL for what differs between machines.
  private func preview(_ arguments: [String]) throws -> String {
    let result = try Tool.run(["submit", "slurm", "--dry-run"] + arguments, in: folder.url)
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    return result.output.replacing(folder.url.resolvingSymlinksInPath().path, with: "FOLDER")
      .replacing(folder.url.path, with: "FOLDER").replacing(Tool.url.path, with: "TOOL")
  }

  @Test func `are those that a person would have written`() throws {
    let text = try preview([
      "--tasks", "16", "--array-limit", "4", "--cpus", "8", "--sbatch", "partition=cpu", "--sbatch",
      "time=12:00:00", "--", "sweep", "--prompts", "full", "--negative-prompt", "it's blurred", "--output",
      "Reports/full",
    ])
    #expect(
      text == """
        # FOLDER/Reports/full/slurm/sweep.sbatch
        #!/bin/bash
        #SBATCH --job-name=tome-eval
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=8
        #SBATCH --array=1-16%4
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --output=FOLDER/Reports/full/slurm/sweep-%a.log
        #SBATCH --partition=cpu
        #SBATCH --time=12:00:00

        cd FOLDER || exit
        # A task makes the pictures of a part of the prompts, in shards/I-of-16 of the run's folder. One that was
        # killed goes on where it stopped, when it is requeued or all of this is submitted again.
        # 3 says that some pictures failed: the merge names them, and need not be kept from it.
        TOOL sweep --prompts full --negative-prompt 'it'\\''s blurred' --output Reports/full --shard auto/16 --threads "$SLURM_CPUS_PER_TASK" || [ $? -eq 3 ]

        # FOLDER/Reports/full/slurm/merge.sbatch
        #!/bin/bash
        #SBATCH --job-name=tome-eval-merge
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=8
        #SBATCH --kill-on-invalid-dep=yes
        #SBATCH --open-mode=append
        #SBATCH --output=FOLDER/Reports/full/slurm/merge.log
        #SBATCH --partition=cpu
        #SBATCH --time=12:00:00

        cd FOLDER || exit
        TOOL merge --output Reports/full

        # submitted by:
        #   sbatch --parsable FOLDER/Reports/full/slurm/sweep.sbatch
        #   sbatch --parsable --dependency=afterok:JOB FOLDER/Reports/full/slurm/merge.sbatch

        """)
  }

  @Test func `have the variants of equal time made after the merge, by whose times they go`() throws {
    let text = try preview([
      "--tasks", "2", "--", "sweep", "--equal-time", "--threads", "3", "--output", "my runs/100%",
    ])
    let lines = text.split(separator: "\n")
    #expect(lines.contains("TOOL sweep --threads 3 --output 'my runs/100%' --shard auto/2 || [ $? -eq 3 ]"))
    #expect(lines.contains("TOOL merge --output 'my runs/100%' || [ $? -eq 3 ] || exit"))
    #expect(lines.contains("TOOL sweep --threads 3 --output 'my runs/100%' --equal-time"))
    #expect(lines.contains("#SBATCH --output='FOLDER/my runs/100%%/slurm/merge.log'"))
    #expect(lines.contains("#SBATCH --array=1-2"))
  }

  @Test func `are sound to a shell`() throws {
    let text = try preview([
      "--tasks", "2", "--", "sweep", "--equal-time", "--negative-prompt", "$(x) `y` \"z",
    ])
    let script = folder.url.appendingPathComponent("script")
    try Data(text.utf8).write(to: script)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-n", script.path]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(text.contains("--negative-prompt '$(x) `y` \"z'"))
  }

  @Test func `are not submitted where there is no Slurm`() throws {
    let result = try Tool.run(
      [
        "submit", "slurm", "--tasks", "2", "--", "sweep", "--output",
        folder.url.appendingPathComponent("out").path,
      ],
      redirections: "", environment: ["PATH": "/nowhere"])
    #expect(result.status == 2 && result.errors.contains("sbatch is not on the PATH"), "\(result.errors)")
  }
}
