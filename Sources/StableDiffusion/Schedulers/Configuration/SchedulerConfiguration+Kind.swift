extension SchedulerConfiguration {
  /// The kind that a user would ask for to run what the checkpoint's own configuration runs; nil when none does
  /// exactly that.
  var kind: SchedulerKind? {
    let own = inPipeline(nil).decided
    return SchedulerKind.allCases.first { inPipeline($0).decided == own }
  }

  /// The fields, with what a kind decides written out where the class has it by default.
  private var decided: SchedulerFields {
    var fields = fields
    fields.algorithmType = (try? dpmAlgorithm())?.rawValue ?? fields.algorithmType
    fields.useKarrasSigmas = fields.useKarrasSigmas ?? false
    fields.useExponentialSigmas = fields.useExponentialSigmas ?? false
    fields.useBetaSigmas = fields.useBetaSigmas ?? false
    fields.useLuLambdas = fields.useLuLambdas ?? false
    return fields
  }
}
