extension SchedulerConfiguration {
  /// The scheduler that `inPipeline(nil)` runs, as a user would ask for it.
  public var kind: SchedulerKind? {
    SchedulerKind.allCases.first { kind in
      let isKarras = kind == .dpmSolverKarras
      return kind.schedulerClass.rawValue == fields.className
        && (kind.schedulerClass != .dpmSolver || isKarras == (fields.useKarrasSigmas ?? false))
    }
  }
}
