/// What computes matrix products in fp32, as `--matrix-products` names it.
package enum MatrixProducts: String, Sendable, CaseIterable, Codable {
  /// The kernels of this package.
  case builtin
  /// The system's OpenBLAS.
  case openblas

  /// What is used where nothing is asked for; the same on all machines of an architecture, whatever is installed there.
  ///
  /// The kernels of this package have tiles for AVX2 and AVX-512, which `kernel-speed` holds against OpenBLAS's
  /// products. For other processors there is only what the compiler makes of the portable tile, and OpenBLAS has
  /// kernels that were written for them.
  package static var standard: MatrixProducts {
    #if arch(x86_64)
      .builtin
    #else
      .openblas
    #endif
  }

  /// - Throws: ``OpenBLASError`` when that is asked for and cannot be opened.
  package func backend() throws(OpenBLASError) -> ProductBackend {
    switch self {
    case .builtin: .builtin(.best)
    case .openblas: .openBLAS(try .open())
    }
  }
}
