/// The fields of diffusers' `scheduler_config.json`, of every scheduler class; what a
/// file lacks is nil, since each class has its own defaults.
struct SchedulerFields: Decodable, Sendable, Hashable {
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

  // DDIM, PNDM
  var clipSample: Bool?
  var clipSampleRange: Double?
  var setAlphaToOne: Bool?
  var thresholding: Bool?
  var skipPRKSteps: Bool?

  // Euler, DPM-Solver
  var interpolationType: String?
  var timestepType: String?
  var finalSigmasType: String?
  var sigmaMin: Double?
  var sigmaMax: Double?
  var useKarrasSigmas: Bool?
  var useExponentialSigmas: Bool?
  var useBetaSigmas: Bool?

  // DPM-Solver
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

  enum CodingKeys: String, CodingKey {
    case className = "_class_name"
    case trainTimesteps = "num_train_timesteps"
    case betaStart = "beta_start"
    case betaEnd = "beta_end"
    case betaSchedule = "beta_schedule"
    case trainedBetas = "trained_betas"
    case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
    case predictionType = "prediction_type"
    case timestepSpacing = "timestep_spacing"
    case stepsOffset = "steps_offset"
    case clipSample = "clip_sample"
    case clipSampleRange = "clip_sample_range"
    case setAlphaToOne = "set_alpha_to_one"
    case thresholding
    case skipPRKSteps = "skip_prk_steps"
    case interpolationType = "interpolation_type"
    case timestepType = "timestep_type"
    case finalSigmasType = "final_sigmas_type"
    case sigmaMin = "sigma_min"
    case sigmaMax = "sigma_max"
    case useKarrasSigmas = "use_karras_sigmas"
    case useExponentialSigmas = "use_exponential_sigmas"
    case useBetaSigmas = "use_beta_sigmas"
    case algorithmType = "algorithm_type"
    case solverType = "solver_type"
    case solverOrder = "solver_order"
    case lowerOrderFinal = "lower_order_final"
    case eulerAtFinal = "euler_at_final"
    case useLuLambdas = "use_lu_lambdas"
    case useFlowSigmas = "use_flow_sigmas"
    case useDynamicShifting = "use_dynamic_shifting"
    case lambdaMinClipped = "lambda_min_clipped"
    case varianceType = "variance_type"
  }
}
