import Checkpoints
import Foundation
import ReferenceFixtures
import SamplerNames
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' schedulers. Fixtures: `Tests/Reference/schedulers.py`.
@Suite struct SchedulerTests {
  struct Document: Decodable {
    var seed: UInt64
    var shape: [Int]
    var cases: [Case]
  }

  struct Case: Decodable {
    var name: String
    var eta: Double
    var runs: [Run]
  }

  struct Run: Decodable {
    var steps: Int
    var timesteps: [Double]
    var initNoiseSigma: Double
    var halfway: [Float]
    var final: [Float]
  }

  /// The same function of sample and timestep as in the script.
  static func model(_ sample: Tensor, _ timestep: Double) -> Tensor {
    let drift = 0.2 * Float(cos(timestep / 150))
    return Tensor(sample.values.map { Float(0.6 * sin(Double($0))) + drift }, shape: sample.shape)
  }

  static func configuration(_ json: [String: Any]) throws -> SchedulerConfiguration {
    let folder = try TemporaryFolder()
    try JSONSerialization.data(withJSONObject: json)
      .write(to: folder.url.appendingPathComponent("scheduler_config.json"))
    return try SchedulerConfiguration(ModelDirectory(folder.url), of: .stableDiffusion)
  }

  static func configurationError(
    _ json: [String: Any], steps: Int = 20, eta: Double = 0
  ) throws -> String {
    let error = try #require(throws: (any Error).self, "\(json)") {
      try configuration(json).scheduler(steps: steps, eta: eta)
    }
    return "\(error)"
  }

  @Test(arguments: SchedulerConfiguration.Class.allCases.map(\.rawValue))
  func `timesteps and trajectories are those of diffusers`(_ name: String) throws {
    let file = Fixture.root.appendingPathComponent("Schedulers/\(name).json")
    let data = try Data(contentsOf: file)
    let document = try JSONDecoder().decode(Document.self, from: data)
    let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let cases = try #require(json?["cases"] as? [[String: Any]])
    #expect(!cases.isEmpty)
    for (fixture, json) in zip(document.cases, cases) {
      let configuration = try Self.configuration(#require(json["config"] as? [String: Any]))
      for run in fixture.runs {
        try check(
          run, configuration, eta: fixture.eta, document, "\(name), \(fixture.name), \(run.steps) steps")
      }
    }
  }

  private func check(
    _ run: Run, _ configuration: SchedulerConfiguration, eta: Double, _ document: Document,
    _ comment: Comment
  ) throws {
    var scheduler = try configuration.scheduler(steps: run.steps, eta: eta)
    try #require(scheduler.timesteps.count == run.timesteps.count, comment)
    for (ours, reference) in zip(scheduler.timesteps, run.timesteps) {
      // Fractions come out of single-precision logarithms, and may be whole by chance on one side.
      let areWhole = ours == ours.rounded() && reference == reference.rounded()
      #expect(abs(ours - reference) <= (areWhole ? 0 : 1e-4), comment)
    }
    #expect(abs(scheduler.initNoiseSigma / run.initNoiseSigma - 1) <= 1e-6, comment)

    let shape = Shape([document.shape[0], document.shape[2], document.shape[3], document.shape[1]])
    func reference(_ values: [Float]) -> Tensor {
      Tensor(values, shape: Shape(document.shape)).channelsLast()
    }
    var generator = TorchGenerator(seed: document.seed)
    var sample = Tensor.noise(shape, from: &generator) * Float(scheduler.initNoiseSigma)
    for (index, timestep) in scheduler.timesteps.enumerated() {
      let output = Self.model(scheduler.scaleModelInput(sample, at: index), timestep)
      sample = scheduler.step(output, at: index, sample: sample, generator: &generator)
      if index == scheduler.timesteps.count / 2 {
        expectClose(sample, reference(run.halfway), relative: 1e-5, "\(comment) halfway")
      }
    }
    expectClose(sample, reference(run.final), relative: 1e-5, comment)
  }

  @Test func `a copy of a scheduler starts an independent trajectory`() throws {
    let configuration = try Self.configuration(["_class_name": "PNDMScheduler", "skip_prk_steps": true])
    let start = try configuration.scheduler(steps: 5)
    func run() -> Tensor {
      var scheduler = start
      var generator = TorchGenerator(seed: 1)
      var sample = Tensor.noise([1, 2, 2, 4], from: &generator)
      for (index, timestep) in scheduler.timesteps.enumerated() {
        sample = scheduler.step(
          Self.model(sample, timestep), at: index, sample: sample, generator: &generator)
      }
      return sample
    }
    #expect(run().values == run().values)
  }

  @Test func `what is not supported names the file, the field and the choices`() throws {
    let unknownClass = try Self.configurationError(["_class_name": "FlowMatchEulerDiscreteScheduler"])
    #expect(unknownClass.contains("scheduler_config.json"))
    #expect(unknownClass.contains("'_class_name'"))
    #expect(unknownClass.contains("FlowMatchEulerDiscreteScheduler"))
    #expect(unknownClass.contains("DDIMScheduler"))
    let betas = try Self.configurationError(["_class_name": "DDIMScheduler", "beta_schedule": "sigmoid"])
    #expect(betas.contains("'beta_schedule'") && betas.contains("scaled_linear"))
    for (name, field, value) in [
      ("PNDMScheduler", "prediction_type", "sample" as Any),
      ("KDPM2DiscreteScheduler", "prediction_type", "sample"),
      ("EulerDiscreteScheduler", "beta_schedule", "exp"),
      ("HeunDiscreteScheduler", "beta_schedule", "sigmoid"),
      ("EulerDiscreteScheduler", "timestep_type", "continuous"),
      ("DPMSolverMultistepScheduler", "use_flow_sigmas", true),
      ("DPMSolverMultistepScheduler", "variance_type", "learned"),
      ("DPMSolverMultistepScheduler", "solver_order", 4),
      ("DPMSolverMultistepScheduler", "algorithm_type", "dpmsolver"),
      ("DPMSolverSinglestepScheduler", "algorithm_type", "sde-dpmsolver"),
      ("UniPCMultistepScheduler", "use_flow_sigmas", true),
      ("UniPCMultistepScheduler", "solver_p", "DDIMScheduler"),
      ("UniPCMultistepScheduler", "predict_x0", false),
      ("UniPCMultistepScheduler", "lower_order_final", false),
      ("DEISMultistepScheduler", "use_flow_sigmas", true),
      ("DEISMultistepScheduler", "use_dynamic_shifting", true),
      ("DEISMultistepScheduler", "prediction_type", "flow_prediction"),
      ("DEISMultistepScheduler", "algorithm_type", "sde-dpmsolver++"),
      ("DEISMultistepScheduler", "solver_type", "rhoab"),
      ("DEISMultistepScheduler", "solver_order", 4),
      ("DDPMScheduler", "variance_type", "learned_range"),
      ("DDPMScheduler", "variance_type", "fixed_large_log"),
      ("DPMSolverSDEScheduler", "prediction_type", "sample"),
      ("DPMSolverSDEScheduler", "beta_schedule", "exp"),
      ("DPMSolverSDEScheduler", "noise_sampler_seed", -1),
      ("DPMSolverSDEScheduler", "noise_sampler_seed", 0.5),
      ("DPMSolverSDEScheduler", "noise_sampler_seed", [1]),
      ("LCMScheduler", "original_inference_steps", 1001),
      ("TCDScheduler", "beta_schedule", "laplace"),
    ] {
      let message = try Self.configurationError(["_class_name": name, field: value])
      #expect(message.contains(field), "\(name): \(message)")
    }
    let both = try Self.configurationError([
      "_class_name": "LMSDiscreteScheduler", "use_karras_sigmas": true, "use_beta_sigmas": true,
    ])
    #expect(both.contains("'use_beta_sigmas': is true together with use_karras_sigmas"))
    let stochastic = try Self.configurationError([
      "_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++", "solver_order": 3,
    ])
    #expect(stochastic.contains("'solver_order': is 3, supported: 1, 2"))
    let seed = try Self.configurationError([
      "_class_name": "DPMSolverSDEScheduler", "noise_sampler_seed": "x",
    ])
    #expect(
      seed.contains("scheduler_config.json: 'noise_sampler_seed'")
        && seed.contains("a seed, a whole number from 0"))
    let algorithm = try Self.configurationError([
      "_class_name": "DEISMultistepScheduler", "algorithm_type": "sde-dpmsolver",
    ])
    #expect(algorithm.contains("'algorithm_type': is sde-dpmsolver, supported: deis"))
  }

  /// The samples of so many steps.
  private static func run(
    _ json: [String: Any], steps: Int, pictureSeed: UInt64, generator: inout TorchGenerator
  ) throws -> [Tensor] {
    let sde: [String: Any] = ["_class_name": "DPMSolverSDEScheduler"]
    var scheduler = try configuration(sde.merging(json) { $1 }).scheduler(steps: steps)
    generator = TorchGenerator(seed: pictureSeed)
    var sample = Tensor(Array(repeating: 0.5, count: 16), shape: [1, 2, 2, 4])
    return scheduler.timesteps.enumerated().map { index, timestep in
      let output = model(scheduler.scaleModelInput(sample, at: index), timestep)
      sample = scheduler.step(output, at: index, sample: sample, generator: &generator)
      return sample
    }
  }

  @Test
  func `DPM-Solver SDE's noise has the configuration's seed, or the picture's, and no draws of its stream`()
    throws
  {
    var generator = TorchGenerator(seed: 0)
    func last(_ json: [String: Any], _ pictureSeed: UInt64) throws -> [Float] {
      let samples = try Self.run(json, steps: 4, pictureSeed: pictureSeed, generator: &generator)
      #expect(samples.count == 7)
      return samples[6].values
    }
    let own = try last([:], 5)
    #expect(try last([:], 5) == own && last([:], 6) != own)
    #expect(try last(["noise_sampler_seed": 5], 6) == own && last(["noise_sampler_seed": NSNull()], 5) == own)
    #expect(try last(["noise_sampler_seed": 0], 5) != own)
    // The stream is where it was before the first step.
    var untouched = TorchGenerator(seed: 5)
    #expect(generator.next() == untouched.next())
  }

  @Test func `eta is for those that draw noise by it`() throws {
    #expect(
      try Self.configurationError(["_class_name": "EulerDiscreteScheduler"], eta: 0.3)
        .contains("eta 0.3 is not possible: EulerDiscreteScheduler takes none; DDIM and TCD do"))
    #expect(try Self.configurationError(["_class_name": "TCDScheduler"], eta: 1.5).contains("from 0 to 1"))
    #expect(try Self.configurationError(["_class_name": "DDIMScheduler"], eta: .nan).contains("from 0 to 1"))
  }

  private struct Quantiles: Decodable {
    struct Distribution: Decodable {
      let alpha, beta: Double
      let probabilities, quantiles: [Double]
    }
    let distributions: [Distribution]
  }

  @Test func `quantiles of the beta distribution are those of scipy`() throws {
    let file = Fixture.root.appendingPathComponent("Schedulers/BetaDistribution.json")
    for known in try JSONDecoder().decode(Quantiles.self, from: Data(contentsOf: file)).distributions {
      let own = BetaDistribution(alpha: known.alpha, beta: known.beta)
      for (probability, quantile) in zip(known.probabilities, known.quantiles) {
        let value = own.quantile(probability)
        #expect(abs(value - quantile) <= 1e-11 * quantile, "\(known.alpha), \(known.beta), \(probability)")
        #expect(abs(own.probability(upTo: value) - probability) <= 1e-12)
      }
    }
  }

  @Test func `step counts a scheduler can't take are refused`() throws {
    let ddim: [String: Any] = ["_class_name": "DDIMScheduler"]
    #expect(try Self.configurationError(ddim, steps: 0).contains("0 steps"))
    #expect(try Self.configurationError(ddim, steps: 1001).contains("1000"))
    let shifted = ddim.merging(["steps_offset": 1]) { $1 }
    #expect(try Self.configurationError(shifted, steps: 1000).contains("beyond"))
    #expect(try Self.configurationError(["_class_name": "PNDMScheduler"], steps: 3).contains("4"))
    let lcm: [String: Any] = ["_class_name": "LCMScheduler"]
    #expect(try Self.configurationError(lcm, steps: 51).contains("original_inference_steps are 50"))
  }

  @Test func `trailing spacing gives as many timesteps as steps`() throws {
    let configuration = try Self.configuration([
      "_class_name": "DDIMScheduler", "timestep_spacing": "trailing",
    ])
    for steps in [61, 103, 121] {
      #expect(try configuration.scheduler(steps: steps).timesteps.count == steps)
    }
  }

  @Test func `minus infinity in the file, as Python writes it, is understood`() throws {
    let folder = try TemporaryFolder()
    let json = #"{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity}"#
    try Data(json.utf8).write(to: folder.url.appendingPathComponent("scheduler_config.json"))
    let configuration = try SchedulerConfiguration(ModelDirectory(folder.url), of: .stableDiffusion)
    #expect(try configuration.scheduler(steps: 3).timesteps == [999, 666, 333])
  }
}

/// What `StableDiffusionPipeline` does to a scheduler's configuration, and `from_config` to another's.
@Suite struct SchedulerChoiceTests {
  @Test func `the checkpoint's own scheduler is run with an offset of one and unclipped`() throws {
    let fields = try SchedulerTests.configuration(["_class_name": "DDIMScheduler"]).inPipeline(nil).fields
    #expect(fields.className == "DDIMScheduler")
    #expect(fields.stepsOffset == 1)
    #expect(fields.clipSample == false)
  }

  @Test func `another class takes over what the file states and defaults the rest`() throws {
    let stated = try SchedulerTests.configuration([
      "_class_name": "PNDMScheduler", "skip_prk_steps": true, "steps_offset": 0, "clip_sample": true,
      "prediction_type": "v_prediction",
    ]).inPipeline(.ddim).fields
    #expect(stated.className == "DDIMScheduler")
    #expect(stated.predictionType == "v_prediction")
    #expect(stated.stepsOffset == 1)
    #expect(stated.clipSample == false)
    let silent = try SchedulerTests.configuration(["_class_name": "PNDMScheduler"]).inPipeline(.ddim).fields
    #expect(silent.stepsOffset == nil)
    #expect(silent.clipSample == nil)
  }

  @Test(
    arguments: [
      ("PNDMScheduler", [:], .pndm), ("EulerDiscreteScheduler", ["use_karras_sigmas": true], .euler),
      ("DPMSolverMultistepScheduler", [:], .dpmSolver),
      ("DPMSolverMultistepScheduler", ["algorithm_type": "deis", "solver_order": 3], .dpmSolver),
      ("DPMSolverMultistepScheduler", ["use_karras_sigmas": true], SchedulerKind(.dpmSolver, .karras)),
      ("DPMSolverMultistepScheduler", ["algorithm_type": "sde-dpmsolver++"], nil),
      (
        "DPMSolverMultistepScheduler", ["algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min"], nil
      ),
      ("DPMSolverMultistepScheduler", ["use_lu_lambdas": true], nil),
      ("DPMSolverMultistepScheduler", ["use_exponential_sigmas": true], nil),
      ("UniPCMultistepScheduler", [:], SchedulerKind(.unipc, nil)),
      ("UniPCMultistepScheduler", ["use_karras_sigmas": true], SchedulerKind(.unipc, .karras)),
      ("DEISMultistepScheduler", [:], SchedulerKind(.deis, nil)),
      (
        "DEISMultistepScheduler", ["algorithm_type": "dpmsolver", "use_beta_sigmas": true],
        SchedulerKind(.deis, .beta)
      ),
      ("DEISMultistepScheduler", ["algorithm_type": "sde-dpmsolver"], nil),
      ("HeunDiscreteScheduler", ["use_beta_sigmas": true], SchedulerKind(.heun, .beta)),
      ("DPMSolverSinglestepScheduler", ["solver_order": 3], SchedulerKind(.dpmSolverSinglestep, nil)),
      ("DPMSolverSinglestepScheduler", ["algorithm_type": "sde-dpmsolver++"], nil),
      ("DPMSolverSDEScheduler", [:], SchedulerKind(.dpmSolverSDE, nil)),
      ("DPMSolverSDEScheduler", ["use_karras_sigmas": true], SchedulerKind(.dpmSolverSDE, .karras)),
      ("DPMSolverSDEScheduler", ["noise_sampler_seed": 3], SchedulerKind(.dpmSolverSDE, nil)),
      ("LCMScheduler", [:], SchedulerKind(.lcm, nil)), ("TCDScheduler", [:], SchedulerKind(.tcd, nil)),
      ("DDPMScheduler", [:], SchedulerKind(.ddpm, nil)),
      ("LMSDiscreteScheduler", [:], SchedulerKind(.lms, nil)),
      ("KDPM2DiscreteScheduler", [:], SchedulerKind(.kdpm2, nil)),
      ("KDPM2AncestralDiscreteScheduler", [:], SchedulerKind(.kdpm2Ancestral, nil)),
    ] as [(String, [String: any Sendable], SchedulerKind?)])
  func `a kind's name is given only to what asking for it runs`(
    className: String, fields: [String: any Sendable], kind: SchedulerKind?
  ) throws {
    let json = (fields as [String: Any]).merging(["_class_name": className]) { $1 }
    #expect(try SchedulerTests.configuration(json).kind == kind)
  }

  @Test func `a kind decides its class's algorithm, whatever the file's own class runs`() throws {
    let configuration = try SchedulerTests.configuration([
      "_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++",
      "solver_type": "heun",
    ])
    for (method, algorithm) in [
      (SamplingMethod.deis, "deis"), (.dpmSolver, "dpmsolver++"), (.dpmSolverSinglestep, "dpmsolver++"),
      (.sdeDPMSolver, "sde-dpmsolver++"),
    ] {
      let chosen = configuration.inPipeline(try #require(SchedulerKind(method, nil)))
      #expect(chosen.fields.algorithmType == algorithm)
      #expect(try chosen.scheduler(steps: 4).timesteps.count == 4)
    }
  }

  @Test func `every kind runs on a Stable Diffusion configuration`() throws {
    let configuration = try SchedulerTests.configuration([
      "_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012,
      "beta_schedule": "scaled_linear", "skip_prk_steps": true, "steps_offset": 1, "clip_sample": false,
    ])
    for kind in SchedulerKind.allCases {
      let count = try configuration.inPipeline(kind).scheduler(steps: 20).timesteps.count
      #expect(count == kind.method.evaluations(20), "\(kind.rawValue)")
      guard kind.spacing != nil, let plain = SchedulerKind(kind.method, nil) else { continue }
      #expect(
        try configuration.inPipeline(kind).scheduler(steps: 20).timesteps
          != configuration.inPipeline(plain).scheduler(steps: 20).timesteps, "\(kind.rawValue)")
    }
  }

  @Test func `a configuration of one class is taken over by every other`() throws {
    for own in SchedulerConfiguration.Class.allCases {
      let configuration = try SchedulerTests.configuration(
        [
          "_class_name": own.rawValue, "prediction_type": "v_prediction", "skip_prk_steps": true,
          "solver_order": 2, "variance_type": own == .ddpm ? "fixed_small" : nil,
          "solver_type": own == .unipc ? "bh2" : "midpoint", "timestep_spacing": "leading", "steps_offset": 1,
        ].compactMapValues { $0 })
      for kind in SchedulerKind.allCases {
        let scheduler = try configuration.inPipeline(kind).scheduler(steps: 4)
        #expect(scheduler.timesteps.count >= 4)
      }
    }
  }
}
