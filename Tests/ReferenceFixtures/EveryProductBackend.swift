import Tensors
public import Testing

/// Runs each test once with every back end that `--matrix-products` chooses from, see ``ProductBackend/choices``.
public struct EveryProductBackend: TestTrait, SuiteTrait, TestScoping {
  public let isRecursive = true

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for backend in ProductBackend.choices {
      try await ProductBackend.using(backend) { try await function() }
    }
  }
}

extension Trait where Self == EveryProductBackend {
  public static var everyProductBackend: Self { Self() }
}
