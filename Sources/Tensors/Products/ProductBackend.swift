import Synchronization

/// What computes the matrix products of this process.
///
/// Of different back ends, results differ in their last bits. Those of OpenBLAS may also differ with the shape of what
/// is multiplied at once: that a part of a map has the bits of the whole is promised for ``builtin(_:)`` alone.
package enum ProductBackend: Sendable {
  /// The kernels of this package.
  case builtin(KernelSet)
  /// OpenBLAS, for products in fp32. Those of bfloat16 numbers, which it lacks, are computed by the best kernels of
  /// this package, as everything is that is no product.
  case openBLAS(OpenBLAS)

  private static let chosen = Mutex(ProductBackend.builtin(.best))
  @TaskLocal private static var scoped: ProductBackend?

  /// Computes every product that begins from now on; the best kernels of this package until another is set.
  package static var current: ProductBackend {
    get { scoped ?? chosen.withLock(\.self) }
    set { chosen.withLock { $0 = newValue } }
  }

  /// Calls `body`, whose products `backend` computes as far as they are begun on this thread; others go on as they do.
  package static func using<R>(_ backend: ProductBackend, _ body: () throws -> R) rethrows -> R {
    try $scoped.withValue(backend, operation: body)
  }

  /// The same for a body that may wait.
  package static func using<R>(
    _ backend: ProductBackend, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async rethrows -> R {
    try await $scoped.withValue(backend, operation: body, isolation: isolation)
  }

  /// As a run's machine names it: its results have the same bits where this and the processor are the same.
  package var name: String {
    switch self {
    case .builtin(let set): set.name
    case .openBLAS(let library): "\(library)"
    }
  }

  /// The instructions of what is computed here.
  var set: KernelSet {
    switch self {
    case .builtin(let set): set
    case .openBLAS: .best
    }
  }

  /// What multiplies fp32 numbers in place of the kernels.
  var library: OpenBLAS? {
    switch self {
    case .builtin: nil
    case .openBLAS(let library): library
    }
  }
}
