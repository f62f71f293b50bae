import CKernels

/// The instructions that matrix products run on.
///
/// In fp32 all sets that multiply and add in one instruction give the same bits: every
/// result is one chain of multiply-adds in the order of the summation index.
package enum KernelSet: UInt32, Sendable, CaseIterable {
  /// What the compiler takes for granted: SSE2 on x86-64, NEON on arm64.
  case baseline
  case avx2
  case avx512
  /// AVX-512 with `vdpbf16ps`, which multiplies bfloat16 numbers twice as fast as fp32 on AMD's processors.
  case avx512BF16
  /// The same with AMX, whose tiles multiply 16 × 32 by 32 × 16 bfloat16 numbers at once; what a tile has along the index
  /// of the summation is summed by itself.
  case amxBF16
  /// arm64's vectors, multiplied lane by lane.
  case neon
  /// NEON with `bfdot`, which multiplies twice as many bfloat16 numbers at once, and rounds their sums to odd.
  case neonBF16

  /// The fastest that the processor has.
  package static let best = allCases.last(where: \.isAvailable) ?? .baseline

  package var isAvailable: Bool { ck_has_kernel_set(rawSet) != 0 }

  /// Whether bfloat16 is faster than fp32.
  package var multipliesBF16: Bool { bf16Cost < 1 }

  /// How long a multiply-add of a product of bfloat16 numbers takes, in units of one in fp32, packing included.
  var bf16Cost: Double {
    switch self {
    case .baseline, .avx2, .avx512, .neon: 1
    case .avx512BF16: ck_has_fast_pairs() != 0 ? 0.5 : 1.5
    case .neonBF16: 0.5
    case .amxBF16: 0.25
    }
  }

  package var name: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    case .avx512BF16: "AVX-512 BF16"
    case .amxBF16: "AMX BF16"
    case .neon: "NEON"
    case .neonBF16: "NEON BF16"
    }
  }

  var rawSet: ck_kernel_set { ck_kernel_set(rawValue: rawValue) }
}
