package import Tensors

extension ProductBackend {
  /// OpenBLAS, which is among the packages that the tests need; that it is there is a test of its own.
  private static var openBLAS: [ProductBackend] { (try? OpenBLAS.open()).map { [.openBLAS($0)] } ?? [] }

  /// Everything that this machine can compute products with.
  package static let all =
    KernelSet.allCases.filter(\.isAvailable).map { ProductBackend.builtin($0) } + openBLAS

  /// What `--matrix-products` chooses from.
  package static let choices = [.builtin(.best)] + openBLAS

  /// Whether a part of a map has the bits of the whole.
  public var keepsBits: Bool {
    if case .builtin = self { true } else { false }
  }
}
