import Synchronization

/// A convolution of a model that works on maps of one size, and the method that was chosen for it.
package struct PlannedConvolution: Sendable, Hashable {
  /// As its checkpoint calls the layer.
  package let name: String
  package let size: ConvolutionSize
  package let precision: Precision
  package let method: ConvolutionMethod

  package init(name: String, size: ConvolutionSize, precision: Precision, method: ConvolutionMethod) {
    self.name = name
    self.size = size
    self.precision = precision
    self.method = method
  }

  /// Predicted time, see ``ConvolutionMethod/cost(for:precision:)``.
  package var cost: Double { method.cost(for: size, precision: precision) ?? 0 }

  /// How many times as long the next best method is predicted to take, nil where there is no other.
  package var costOfNextBest: Double? {
    let others = ConvolutionMethod.allCases.filter { $0 != method }
    return others.compactMap { $0.cost(for: size, precision: precision) }.min().map { $0 / cost }
  }
}

/// Writes down the convolutions that a model's layers compute, while ``recording(_:)`` runs.
package final class ConvolutionLog: Sendable {
  @TaskLocal private static var current: ConvolutionLog?
  private let planned = Mutex<[PlannedConvolution]>([])

  private init() {}

  /// The convolutions that `body` computes on this thread, in their order; what is computed in several parts
  /// of one map counts once.
  package static func recording(_ body: () throws -> Void) rethrows -> [PlannedConvolution] {
    let log = ConvolutionLog()
    try $current.withValue(log, operation: body)
    return log.planned.withLock(\.self)
  }

  /// To be called by every layer for what it is about to compute.
  package static func note(_ convolution: @autoclosure () -> PlannedConvolution) {
    guard let current else { return }
    let convolution = convolution()
    current.planned.withLock { if !$0.contains(convolution) { $0.append(convolution) } }
  }
}
