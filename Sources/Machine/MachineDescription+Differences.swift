/// What of two machines makes their pictures differ.
extension MachineDescription {
  /// Whether sums are rounded alike: the same processor and kernels.
  public func hasSameArithmetic(as other: MachineDescription) -> Bool {
    cpu == other.cpu && kernelSet == other.kernelSet
  }

  /// Whether the same work takes as long: the same processor, as many cores and threads, the same kernels.
  public func hasSameSpeed(as other: MachineDescription) -> Bool {
    hasSameArithmetic(as: other) && (cores, threads) == (other.cores, other.threads)
  }

  /// What changed since `earlier`, a sentence each; empty on the same machine.
  public func differences(from earlier: MachineDescription) -> [String] {
    var differences: [String] = []
    func add(_ what: String, _ before: String, _ now: String) {
      if before != now { differences.append("\(what) was \(before), now it is \(now)") }
    }
    add("the processor", earlier.cpu, cpu)
    add("the kernel set", earlier.kernelSet, kernelSet)
    add("the number of threads (which should not matter)", "\(earlier.threads)", "\(threads)")
    add("the system", earlier.os, os)
    return differences
  }
}
