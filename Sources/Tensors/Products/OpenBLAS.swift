import Foundation

/// The system's OpenBLAS, opened when it is asked for.
///
/// Opened and not linked, since a linked one comes first: before `main` it starts a thread for every core, each with
/// 128 MiB of addresses, and under a limit of them (`ulimit -d`) asks for those again and again for as long as the
/// process lives. Here products are cut for ``Parallel``'s threads, so that it has to have one thread only, and when
/// it is told so before it is opened it starts none.
package struct OpenBLAS: Sendable {
  /// Of `cblas_sgemm`; its enumerations are unsigned, its integers have 32 bits.
  private typealias Multiplication =
    @convention(c) @Sendable (
      UInt32, UInt32, UInt32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>,
      Int32, Float, UnsafeMutablePointer<Float>, Int32
    ) -> Void

  /// As in `0.3.21`.
  package let version: String
  /// The processor that its kernels were written for, as in `SkylakeX`.
  package let core: String
  /// Of its own: 1.
  package let threadCount: Int
  private let multiplication: Multiplication

  /// Addresses that it reserves for every thread that multiplies, and touches only a few MiB of (`BUFFER_SIZE` of
  /// x86-64 and arm64).
  package static let reservedBytesPerThread = 128 << 20

  private static let opened = Result { () throws(OpenBLASError) in try load() }

  /// The same one every time.
  package static func open() throws(OpenBLASError) -> OpenBLAS { try opened.get() }

  /// As the loader looks for it, and where Homebrew has it.
  private static var paths: [String] {
    #if canImport(Darwin)
      ["libopenblas.dylib"]
        + ["/opt/homebrew", "/usr/local"].map { "\($0)/opt/openblas/lib/libopenblas.dylib" }
    #else
      ["libopenblas.so.0", "libopenblas.so"]
    #endif
  }

  private static func load() throws(OpenBLASError) -> OpenBLAS {
    var reasons: [String] = []
    for path in paths {
      if let library = prepared({ dlopen(path, RTLD_NOW | RTLD_LOCAL) }) {
        return try OpenBLAS(library, path: path)
      }
      reasons.append(dlerror().map { String(cString: $0) } ?? path)
    }
    throw .notFound(reasons: reasons)
  }

  /// The environment is read when the library is opened, and by programs that this one starts, to which it must not
  /// say so. The second name is for those that were built with OpenMP.
  private static func prepared<R>(_ body: () -> R) -> R {
    var wanted = ["OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"]
    if getenv("OPENBLAS_CORETYPE") == nil { wanted["OPENBLAS_CORETYPE"] = core(for: .best) }
    let before = wanted.keys.map { name in (name, getenv(name).map { String(cString: $0) }) }
    for (name, value) in wanted { setenv(name, value, 1) }
    defer {
      for (name, value) in before {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
      }
    }
    return body()
  }

  /// The kernels for the instructions that the processor has: it takes one that is newer than itself for the oldest of
  /// the same make. Nil where it is left to find out.
  private static func core(for set: KernelSet) -> String? {
    switch set {
    case .avx512, .avx512BF16, .amxBF16: "SkylakeX"
    case .avx2: "Haswell"
    case .baseline, .neon, .neonBF16: nil
    }
  }

  private init(_ library: UnsafeMutableRawPointer, path: String) throws(OpenBLASError) {
    func function<Function>(_ name: String, as type: Function.Type) throws(OpenBLASError) -> Function {
      guard let address = dlsym(library, name) else { throw .incomplete(path: path, missing: name) }
      return unsafeBitCast(address, to: type)
    }
    typealias Setter = @convention(c) (Int32) -> Void
    typealias Number = @convention(c) () -> Int32
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    try function("openblas_set_num_threads", as: Setter.self)(1)
    threadCount = Int(try function("openblas_get_num_threads", as: Number.self)())
    let configuration = try function("openblas_get_config", as: Text.self)().map { String(cString: $0) } ?? ""
    // As in "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …".
    let words = configuration.split(separator: " ")
    version = words.count > 1 && words[0] == "OpenBLAS" ? String(words[1]) : "of unknown version"
    core = try function("openblas_get_corename", as: Text.self)().map { String(cString: $0) } ?? "unknown"
    multiplication = try function("cblas_sgemm", as: Multiplication.self)
  }

  /// `out = a · b`, or `out += a · b` if `accumulate`, all in rows: of `a` `[m, k]` and `out` `[m, n]` as of `b`, which
  /// is `[k, n]` or, if `isTransposed`, `[n, k]`.
  func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    isTransposed: Bool, accumulate: Bool, into out: UnsafeMutablePointer<Float>, ld: Int
  ) {
    let (rowMajor, asItIs, transposed): (UInt32, UInt32, UInt32) = (101, 111, 112)
    multiplication(
      rowMajor, asItIs, isTransposed ? transposed : asItIs, Int32(m), Int32(n), Int32(k), 1, a, Int32(lda), b,
      Int32(ldb), accumulate ? 1 : 0, out, Int32(ld))
  }
}

extension OpenBLAS: CustomStringConvertible {
  package var description: String { "OpenBLAS \(version) \(core)" }
}

/// Why there is no OpenBLAS.
package enum OpenBLASError: Error, CustomStringConvertible {
  /// - Parameter reasons: the loader's, for every name that it was asked for
  case notFound(reasons: [String])
  case incomplete(path: String, missing: String)

  package var description: String {
    switch self {
    case .notFound(let reasons):
      "OpenBLAS cannot be opened (\(reasons.joined(separator: "; "))); install it (Debian: apt-get install "
        + "libopenblas0, macOS: brew install openblas)"
    case .incomplete(let path, let missing):
      "\(path) has no function \(missing): it is no OpenBLAS, or a very old one; install a newer one"
    }
  }
}
