import Digests
import Foundation
import GRDB
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

/// A small run in a folder of its own, which faults befall.
struct FaultedRun {
  let folder: URL
  private let size: String

  init(_ folder: URL, size: Int = 64) {
    self.folder = folder
    self.size = "\(size)x\(size)"
  }

  var store: URL { folder.appendingPathComponent("tome-eval.sqlite") }

  /// Makes what is missing of it.
  var sweep: [String] {
    [
      "sweep", "--limit", "2", "--steps", "2", "--ratios", "0,0.5", "--seeds", "0,1", "--size", size,
      "--output", folder.path,
    ]
  }

  var report: [String] { ["report", "--output", folder.path] }

  /// What of a run must not depend on what happened on the way.
  struct State: Equatable {
    var samples: Set<String> = []
    var scores: Set<String> = []
    var noise: Set<String> = []
    var checks: Set<String> = []
    /// The hashes of its pictures, by path.
    var pictures: [String: String] = [:]
    /// All other files, but for the store's own.
    var files: Set<String> = []
  }

  func state() throws -> State {
    var state = State()
    let store = try ResultStore(store)
    let contents = try store.contents(ofRun: store.latestRun().id)
    for sample in contents.samples {
      state.samples.insert(
        "\(sample.id) \(sample.contentKey) \(sample.state) \(sample.latentsHash ?? "") "
          + "\(sample.picture?.path.text ?? "") \(sample.picture?.fileHash ?? "") \(sample.picture?.pixelHash ?? "")"
      )
    }
    for score in contents.scores {
      state.scores.insert("\(score.sampleID) \(score.metric) \(score.value ?? .nan) \(score.picture)")
    }
    for noise in contents.seedNoise {
      state.noise.insert("\(noise.promptID) \(noise.seedA) \(noise.metric) \(noise.value ?? .nan)")
    }
    for check in contents.nullChecks { state.checks.insert("\(check.kind) \(check.outcome) \(check.detail)") }
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      if name.hasPrefix("images/") {
        state.pictures[name] = try Self.hash(folder.appendingPathComponent(name))
      } else if !name.hasPrefix("tome-eval.sqlite") {
        state.files.insert(name)
      }
    }
    return state
  }

  /// Whether every picture that the store calls done is on disk as it was stored: what holds at any moment.
  func expectNothingPromisedIsLost(sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard FileManager.default.fileExists(atPath: store.path) else { return }
    let store = try ResultStore(store)
    guard let run = try store.runs().last else { return }
    for sample in try store.contents(ofRun: run.id).samples where sample.state == .done {
      let picture = try #require(sample.picture, sourceLocation: sourceLocation)
      let hash = try? Self.hash(folder.appendingPathComponent(picture.path.text))
      #expect(hash == picture.fileHash, "\(picture.path)", sourceLocation: sourceLocation)
    }
  }

  /// Takes all scores away, as if the pictures had just been made.
  func forgetScores() throws {
    try DatabaseQueue(path: store.path).write { db in
      for table in ["score", "seedNoise", "embedding"] { try db.execute(sql: "DELETE FROM \(table)") }
    }
  }

  /// Takes the page away, with all that is made for it.
  func forgetReport() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where name != "images" && !name.hasPrefix("tome-eval.sqlite") {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }

  /// Runs a command to its end, which must be well.
  @discardableResult
  func finish(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> Tool.Result
  {
    let result = try Tool.run(arguments)
    #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    return result
  }

  private static func hash(_ file: URL) throws -> String {
    SHA256.hex(of: [UInt8](try Data(contentsOf: file)))
  }
}
