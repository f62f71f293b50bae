import ArgumentParser
import Machine
import Pictures
import ResultStore
public import Tensors

extension MatrixProducts: ExpressibleByArgument {}

/// On what a command computes.
struct ProcessorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to compute on (default: one per core).", valueName: "n"))
  var threads: Int?

  @Option(
    help: """
      What computes matrix products in fp32: this program's own kernels (builtin), or the system's OpenBLAS, whose \
      results differ in their last bits (default: builtin on x86-64, openblas elsewhere).
      """)
  var matrixProducts: MatrixProducts?

  func validate() throws {
    if let threads { try OptionRange.check("threads", threads, OptionRange.threads) }
  }

  /// What computes matrix products where this command computes.
  var products: MatrixProducts { matrixProducts ?? .standard }

  /// Lets this process compute so.
  func use() throws {
    if let threads { Parallel.threadCount = threads }
    try products.use(threads: Parallel.threadCount)
  }

  /// - Parameter what: names what is computed in that precision
  /// - Throws: `ValidationError` when OpenBLAS was asked for, and the precision is one that it lacks.
  func check(_ precision: PrecisionName?, of what: String = "--precision bf16") throws {
    guard matrixProducts == .openblas, precision?.rawValue == Precision.bf16.rawValue else { return }
    throw ValidationError(
      "--matrix-products openblas multiplies in fp32 alone, and \(what) is bfloat16; leave out one of the two"
    )
  }

  /// - Throws: `ValidationError` when OpenBLAS was asked for, and the run's pictures were made in a precision that it
  ///   lacks.
  func check(_ contents: RunContents) throws {
    for variant in contents.variants {
      try check(variant.recipe.sampling.precision, of: "run '\(contents.run.name)'")
    }
  }
}
