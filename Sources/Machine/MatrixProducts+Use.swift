import Tensors

extension MatrixProducts {
  /// Lets this back end compute this process's products from now on.
  ///
  /// - Parameter threads: how many of them will multiply at once
  /// - Throws: ``OpenBLASError`` when it is not there, ``AddressesTooFew`` under a limit that has no room for it.
  public func use(threads: Int) throws {
    ProductBackend.current = try backend()
    guard self == .openblas else { return }
    MemoryCapacity.promise(threads * OpenBLAS.reservedBytesPerThread)
    // It asks for them again and again where they cannot be had.
    guard MemoryCapacity.bytes > 0 else { throw AddressesTooFew(threads: threads) }
  }
}

/// A limit of this process that leaves no room for what OpenBLAS reserves.
public struct AddressesTooFew: Error, CustomStringConvertible {
  public let threads: Int

  public var description: String {
    "OpenBLAS reserves \(OpenBLAS.reservedBytesPerThread >> 20) MiB of addresses for every thread, more than this "
      + "process may hold for \(threads); raise the limit (ulimit -d, ulimit -v), or compute on fewer threads"
  }
}
