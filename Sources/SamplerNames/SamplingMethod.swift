/// A way from noise to a picture, whatever noise levels it visits; each is a scheduler class of diffusers with one
/// choice of its algorithm.
public enum SamplingMethod: String, Sendable, CaseIterable {
  case ddim
  case pndm
  case euler
  case eulerAncestral = "euler-ancestral"
  case dpmSolver = "dpmsolver++"
  case sdeDPMSolver = "sde-dpmsolver++"
  case dpmSolverSinglestep = "dpmsolver-singlestep"
  case dpmSolverSDE = "dpmsolver-sde"
  case heun
  case lms
  case kdpm2
  case kdpm2Ancestral = "kdpm2-ancestral"
  case unipc
  case deis
  case ddpm
  case lcm
  case tcd

  /// Whether its noise levels can be spaced otherwise than by timesteps, see ``SigmaSpacing``.
  public var takesSigmaSpacing: Bool {
    switch self {
    case .euler, .dpmSolver, .sdeDPMSolver, .dpmSolverSinglestep, .dpmSolverSDE, .heun, .lms, .kdpm2,
      .kdpm2Ancestral, .unipc, .deis:
      true
    case .ddim, .pndm, .eulerAncestral, .ddpm, .lcm, .tcd: false
    }
  }

  /// How often so many steps evaluate the model, of Stable Diffusion's checkpoints.
  package func evaluations(_ steps: Int) -> Int {
    switch self {
    case .pndm: steps + 1
    case .heun, .kdpm2, .kdpm2Ancestral, .dpmSolverSDE: 2 * steps - 1
    default: steps
    }
  }
}

/// How noise levels lie that are not those of evenly spaced timesteps.
public enum SigmaSpacing: String, Sendable, CaseIterable {
  /// Equidistant in σ^(1/7) (Karras et al. 2022, eq. 5 with ρ = 7).
  case karras
  /// Equidistant in log σ.
  case exponential
  /// At the quantiles of the beta distribution with α = β = 0.6 (Lee et al. 2024, "Beta Sampling is All You Need").
  case beta
}
