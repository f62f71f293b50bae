import Checkpoints

/// The fields of diffusers' `scheduler_config.json`, of every scheduler class; what a
/// file lacks is nil, since each class has its own defaults.
struct SchedulerFields: Sendable, Hashable {
  var className: String

  var trainTimesteps: Int?
  var betaStart: Double?
  var betaEnd: Double?
  var betaSchedule: String?
  var trainedBetas: [Double]?
  var rescaleBetasZeroSNR: Bool?

  var predictionType: String?
  var timestepSpacing: String?
  var stepsOffset: Int?

  // What is done to a predicted x₀
  var clipSample: Bool?
  var clipSampleRange: Double?
  var thresholding: Bool?
  var dynamicThresholdingRatio: Double?
  var sampleMaxValue: Double?

  // DDIM, PNDM
  var setAlphaToOne: Bool?
  var skipPRKSteps: Bool?

  // LCM, TCD
  var originalInferenceSteps: Int?
  var timestepScaling: Double?

  // Those that step through noise levels
  var interpolationType: String?
  var timestepType: String?
  var finalSigmasType: String?
  var sigmaMin: Double?
  var sigmaMax: Double?
  var useKarrasSigmas: Bool?
  var useExponentialSigmas: Bool?
  var useBetaSigmas: Bool?

  /// DPM-Solver SDE: of the path that its noise comes from; nil for the picture's own seed.
  var noiseSamplerSeed: Int?

  // DPM-Solver, UniPC, DEIS, DDPM
  var algorithmType: String?
  var solverType: String?
  var solverOrder: Int?
  var lowerOrderFinal: Bool?
  var eulerAtFinal: Bool?
  var useLuLambdas: Bool?
  var useFlowSigmas: Bool?
  var useDynamicShifting: Bool?
  var lambdaMinClipped: Double?
  var varianceType: String?
  var predictX0: Bool?
  var disableCorrector: [Int]?

  /// - Throws: ``CheckpointError`` naming the field that is out of its range, or that no scheduler here knows.
  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    guard let name = try fields.text("_class_name") else { throw fields.error("_class_name", "is missing") }
    className = name
    let timesteps = Quantity("timesteps", 2...100_000)
    let variance = Quantity("a variance", 0...1.0)
    trainTimesteps = try fields.whole("num_train_timesteps", timesteps)
    betaStart = try fields.number("beta_start", variance)
    betaEnd = try fields.number("beta_end", variance)
    betaSchedule = try fields.text("beta_schedule")
    trainedBetas = try fields.numbers("trained_betas", variance, count: 2...100_000)
    rescaleBetasZeroSNR = try fields.flag("rescale_betas_zero_snr")
    predictionType = try fields.text("prediction_type")
    timestepSpacing = try fields.text("timestep_spacing")
    stepsOffset = try fields.whole("steps_offset", Quantity("timesteps", 0...100_000))
    clipSample = try fields.flag("clip_sample")
    clipSampleRange = try fields.number("clip_sample_range", .factor)
    thresholding = try fields.flag("thresholding")
    dynamicThresholdingRatio = try fields.number("dynamic_thresholding_ratio", Quantity("a share", 0...1.0))
    sampleMaxValue = try fields.number("sample_max_value", .factor)
    setAlphaToOne = try fields.flag("set_alpha_to_one")
    skipPRKSteps = try fields.flag("skip_prk_steps")
    originalInferenceSteps = try fields.whole("original_inference_steps", Quantity("steps", 1...100_000))
    timestepScaling = try fields.number("timestep_scaling", .factor)
    interpolationType = try fields.text("interpolation_type")
    timestepType = try fields.text("timestep_type")
    finalSigmasType = try fields.text("final_sigmas_type")
    sigmaMin = try fields.number("sigma_min", .noiseLevel)
    sigmaMax = try fields.number("sigma_max", .noiseLevel)
    useKarrasSigmas = try fields.flag("use_karras_sigmas")
    useExponentialSigmas = try fields.flag("use_exponential_sigmas")
    useBetaSigmas = try fields.flag("use_beta_sigmas")
    noiseSamplerSeed = try fields.whole("noise_sampler_seed", .seed)
    algorithmType = try fields.text("algorithm_type")
    solverType = try fields.text("solver_type")
    solverOrder = try fields.whole("solver_order", Quantity("the order of a solver", 1...3))
    lowerOrderFinal = try fields.flag("lower_order_final")
    eulerAtFinal = try fields.flag("euler_at_final")
    useLuLambdas = try fields.flag("use_lu_lambdas")
    useFlowSigmas = try fields.flag("use_flow_sigmas")
    useDynamicShifting = try fields.flag("use_dynamic_shifting")
    lambdaMinClipped = try fields.number("lambda_min_clipped", .anything)
    varianceType = try fields.text("variance_type")
    predictX0 = try fields.flag("predict_x0")
    disableCorrector = try fields.wholes(
      "disable_corrector", Quantity("the number of a step", 0...100_000), count: 0...100_000)
    try fields.require(["solver_p": [.null]])
    try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
  }

  /// Those that act with what is refused only, and those of other classes, which diffusers leaves in a file that was
  /// made from another's configuration.
  private static let withoutEffect: Set = [
    "flow_shift", "lower_order_second", "time_shift_type", "use_noise_sampler",
  ]
}

extension Quantity {
  fileprivate static let noiseLevel = Quantity("a noise level", 1e-9...1e9)
  /// Those that a JSON number tells from their neighbours.
  fileprivate static let seed = Quantity("a seed", 0...(1 << 53 - 1))
}
