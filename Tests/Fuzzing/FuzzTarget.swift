/// A reader of the program that any bytes are given to: what must come of them is a value or an error, and never the
/// end of the process. libFuzzer looks for bytes of which that is not true (`scripts/fuzz`); the tests read those that
/// are kept in `corpora`.
struct FuzzTarget: Sendable {
  /// - Throws: ``Finding``, and nothing else.
  typealias Reader = (UnsafeRawBufferPointer) throws -> Void

  /// Of its file in `Targets` and of that in `corpora`.
  let name: String
  /// Makes the reader, with what it needs beside the bytes.
  let reader: @Sendable () throws -> Reader

  init(_ name: String, making reader: @escaping @Sendable () throws -> Reader) {
    self.name = name
    self.reader = reader
  }

  init(_ name: String, reading read: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) {
    self.init(name) { read }
  }
}

/// What came of some bytes, and should not have.
struct Finding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// - Throws: a finding where the condition does not hold.
  static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws(Finding) {
    if !condition { throw Finding(description()) }
  }
}
