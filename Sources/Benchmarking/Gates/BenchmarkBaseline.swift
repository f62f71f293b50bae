import Checkpoints
import Files
import Foundation
public import Machine
import StableDiffusion
import Statistics
import Tensors
import TokenMerging

/// An earlier benchmark, read from what `bench --json` printed.
public struct BenchmarkBaseline: Sendable {
  /// What must be the same for times to say something of an upgrade.
  public enum Difference: String, Sendable, CaseIterable { case machine, threads, model }

  let path: String
  let toolVersion: String
  private let machine: MachineDescription
  private let threads: Int
  private let model: String
  /// By the turns' order, the median of each in seconds.
  private let seconds: [BenchmarkCase: [Double]]

  /// Bytes; a table of hundreds of rows has some hundred thousand.
  private static let largest = 64 << 20

  /// - Throws: ``BenchmarkError/baseline(path:field:reason:)`` naming the field that is missing or none.
  public init(path: String) throws(BenchmarkError) {
    func wrong(_ field: String?, _ reason: String) -> BenchmarkError {
      .baseline(path: path, field: field, reason: "\(reason); print it again with `tome-eval bench --json`")
    }
    let bytes: [UInt8]
    do throws(FileProblem) { bytes = try InputFile.bytes(path, limit: Self.largest) } catch {
      throw .baseline(path: path, field: nil, reason: "cannot be read: \(error.reason)")
    }
    let document: Document
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      document = try decoder.decode(Document.self, from: Data(bytes))
    } catch let error as DecodingError where !error.place.isEmpty {
      throw wrong(Self.field(error.place), error.reason)
    } catch {
      throw wrong(nil, "is no benchmark's JSON")
    }
    (self.path, toolVersion) = (path, document.toolVersion)
    (machine, threads, model) = (document.machine, document.threads, document.model)
    var seconds: [BenchmarkCase: [Double]] = [:]
    for (index, row) in document.rows.enumerated() where row.program == .own {
      seconds[row.item] = try row.turns.enumerated().map { number, turn throws(BenchmarkError) in
        guard !turn.seconds.isEmpty, turn.seconds.allSatisfy({ $0.isFinite && $0 > 0 }) else {
          throw wrong("rows[\(index)].turns[\(number)].seconds", "is to hold numbers above 0")
        }
        return MedianInterval(of: turn.seconds).median
      }
    }
    self.seconds = seconds
  }

  /// What of it the gates use.
  private struct Document: Decodable {
    struct Row: Decodable {
      let part: BenchmarkPart
      let width: Int
      let height: Int
      let batch: Int
      let attention: AttentionKernel
      let precision: Precision
      let weightsResident: WeightsResidency
      let merging: MergingOptions?
      let program: BenchmarkProgram
      let turns: [Turn]

      var item: BenchmarkCase {
        BenchmarkCase(
          part: part, width: width, height: height, batch: batch, attention: attention,
          precision: precision, resident: weightsResident, merging: merging)
      }
    }

    struct Turn: Decodable { let seconds: [Double] }

    let toolVersion: String
    let machine: MachineDescription
    let model: String
    let threads: Int
    let rows: [Row]
  }

  /// As in `rows[3].weights_resident`.
  private static func field(_ place: [String]) -> String {
    place.reduce("") { name, key in
      if key.hasPrefix("Index ") { return "\(name)[\(key.dropFirst(6))]" }
      let words = key.reduce("") { $0 + ($1.isUppercase ? "_\($1.lowercased())" : String($1)) }
      return name.isEmpty ? words : "\(name).\(words)"
    }
  }

  /// Compares what it was measured on with what is measured on now.
  /// - Parameter allowed: what may differ
  /// - Throws: ``BenchmarkError/baseline(path:field:reason:)`` naming the field that differs
  public func check(
    against run: BenchmarkRun, on current: MachineDescription, allowing allowed: Set<Difference> = []
  ) throws(BenchmarkError) {
    let fields: [(Difference, String, String, String)] = [
      (.machine, "machine.cpu", machine.cpu, current.cpu),
      (.machine, "machine.cores", "\(machine.cores)", "\(current.cores)"),
      (.machine, "machine.blas_core", machine.kernelSet, current.kernelSet),
      (.threads, "threads", "\(threads)", "\(run.threads)"), (.model, "model", model, run.subject.name),
    ]
    for (difference, field, before, now) in fields where before != now && !allowed.contains(difference) {
      throw .baseline(
        path: path, field: field,
        reason:
          "is '\(before)', here it is '\(now)': what differs in that does not compare; measure the baseline again, "
          + "or pass --allow-different \(difference.rawValue)")
    }
  }

  /// How many times as long the row's turns take as the same ones did then; nil where either is without any.
  func secondsRatio(_ row: BenchmarkRow) -> LogRatio? {
    LogRatio(of: row.turns.sorted { $0.key < $1.key }.map(\.value), over: seconds[row.item] ?? [])
  }
}
