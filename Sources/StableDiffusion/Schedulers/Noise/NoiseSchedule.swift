#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How much signal is left at each training timestep: `x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε`
/// (Ho et al. 2020, eq. 4).
///
/// The table is single precision, rounded where torch rounds it: near t = 0 the
/// noise level √(1-ᾱ) magnifies a last-digit difference by a thousand.
struct NoiseSchedule: Sendable {
  enum Betas: String, CaseIterable {
    case linear
    case scaledLinear = "scaled_linear"
    case squaredCosine = "squaredcos_cap_v2"
    /// Of Heun's class alone.
    case exponential = "exp"
    /// Of DDPM's class alone.
    case laplace
    /// Of DDPM's class alone.
    case sigmoid
  }

  /// ᾱ_t for t = 0, 1, …
  private(set) var alphasCumprod: [Float]

  var count: Int { alphasCumprod.count }

  init(_ betas: Betas, count: Int, start: Double, end: Double, zeroTerminalSNR: Bool) {
    let values: [Float] =
      switch betas {
      case .linear:
        Self.linspace(Float(start), Float(end), count)
      case .scaledLinear:
        Self.linspace(Float(start.squareRoot()), Float(end.squareRoot()), count).map { $0 * $0 }
      case .squaredCosine: Self.betas(count, signal: Self.squaredCosine)
      case .exponential: Self.betas(count) { exp(-12 * $0) }
      case .laplace: Self.betas(count, signal: Self.laplace)
      case .sigmoid:
        Self.linspace(-6, 6, count).map {
          Float(1 / (1 + exp(-Double($0)))) * Float(end - start) + Float(start)
        }
      }
    self.init(betas: values, zeroTerminalSNR: zeroTerminalSNR)
  }

  init(betas: [Float], zeroTerminalSNR: Bool) {
    alphasCumprod = Self.cumulativeProduct(betas.map { 1 - $0 })
    if zeroTerminalSNR { rescaleToZeroTerminalSNR() }
  }

  /// √ᾱ_t and √(1-ᾱ_t).
  func signalAndNoise(at timestep: Int) -> (alpha: Double, sigma: Double) {
    let cumprod = Double(alphasCumprod[timestep])
    return (cumprod.squareRoot(), (1 - cumprod).squareRoot())
  }

  /// σ_t = √((1-ᾱ_t)/ᾱ_t), the noise level where the sample isn't scaled down
  /// (Karras et al. 2022). A terminal ᾱ of zero counts as 2⁻²⁴, which keeps σ finite.
  var sigmas: [Float] {
    alphasCumprod.map { cumprod in
      let cumprod = cumprod == 0 ? 0x1p-24 : cumprod
      return ((1 - cumprod) / cumprod).squareRoot()
    }
  }

  /// How many timesteps have a λ = log(α/σ) below a given one; none below nil.
  func levels(below lambda: Double?) -> Int {
    lambda.map { lambda in sigmas.count { -log(Double($0)) < lambda } } ?? 0
  }

  /// Shifts and scales √ᾱ so that the last timestep is pure noise
  /// (Lin et al. 2023, algorithm 1).
  private mutating func rescaleToZeroTerminalSNR() {
    let roots = alphasCumprod.map { $0.squareRoot() }
    guard let first = roots.first, let last = roots.last else { return }
    let scale = first / (first - last)
    let cumprods = roots.map { root in
      let scaled = (root - last) * scale
      return scaled * scaled
    }
    let alphas = cumprods.indices.map { $0 == 0 ? cumprods[0] : cumprods[$0] / cumprods[$0 - 1] }
    alphasCumprod = Self.cumulativeProduct(alphas.map { 1 - (1 - $0) })
  }

  /// Those that make ᾱ a given function of the time from 0 to 1, but none above 0.999.
  private static func betas(_ count: Int, signal: (Double) -> Double) -> [Float] {
    (0..<count).map { i in
      let (from, to) = (Double(i) / Double(count), Double(i + 1) / Double(count))
      return Float(min(1 - signal(to) / signal(from), 0.999))
    }
  }

  private static func squaredCosine(_ time: Double) -> Double {
    let root = cos((time + 0.008) / 1.008 * Double.pi / 2)
    return root * root
  }

  /// √(snr/(1 + snr)) where log snr follows a Laplace distribution.
  private static func laplace(_ time: Double) -> Double {
    let centered = 0.5 - time
    let size = 0.5 * log(1 - 2 * abs(centered) + 1e-6)
    let ratio = exp(centered.sign == .minus ? size : -size)
    return (ratio / (1 + ratio)).squareRoot()
  }

  /// Single precision from both ends towards the middle, each value with one rounding.
  private static func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { i in
      i < count / 2
        ? start.addingProduct(step, Float(i)) : end.addingProduct(-step, Float(count - 1 - i))
    }
  }

  private static func cumulativeProduct(_ values: [Float]) -> [Float] {
    var product = 1.0
    return values.map { value in
      product *= Double(value)
      return Float(product)
    }
  }
}
