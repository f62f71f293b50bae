import Foundation
import GRDB
import Pictures
import ReferenceFixtures
import ResultStore
import Testing
import TokenMerging

/// What was seen of a picture's making, through a store and back.
@Suite struct ExplanationTests {
  private let folder: TemporaryFolder
  private let store: ResultStore
  private let run: RunContents

  private var file: URL { folder.url.appendingPathComponent("store.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    store = try ResultStore(folder.url.appendingPathComponent("store.sqlite"), access: .creating)
    run = try begin(store, exampleRun())
    for sample in run.samples {
      _ = try store.adopt(sample, picture: examplePicture("\(sample.id)", hash: "\(sample.id)"))
    }
  }

  private static let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])

  private func map(_ block: String) -> MergeMap {
    MergeMap(
      block: block, width: 3, height: 2, destinations: [0, 0, 2, 2, nil, 5],
      similarities: [1, -1, 1, 0.25, 0, 1])
  }

  private func explanation(steps: [Int] = [1, 10]) -> Explanation {
    Explanation(
      maps: steps.flatMap { step in
        ["up_blocks.1", "down_blocks.0"].map { .init(.init(pass: 1, step: step, steps: 20), map($0)) }
      },
      previews: [.init(.init(pass: 2, step: 3, steps: 7), png: Self.png)])
  }

  @Test func `maps and previews come back as they were`() throws {
    let id = run.samples[1].id
    try store.save([id: explanation()])
    let back = try store.explanations(ofRun: run.run.id)
    #expect(Array(back.keys) == [id])
    let found = try #require(back[id])
    #expect(found.previews == explanation().previews)
    #expect(found.maps.map(\.moment) == explanation().maps.map(\.moment))
    // The blocks' own order, not that of their names.
    #expect(found.maps.map(\.map.block) == explanation().maps.map(\.map.block))
    for (own, stored) in zip(explanation().maps.map(\.map), found.maps.map(\.map)) {
      #expect(own.destinations == stored.destinations)
      for (one, other) in zip(own.similarities, stored.similarities) { #expect(abs(one - other) < 2e-5) }
    }
    // 6 tokens of 4 bytes in 4 maps, and the preview.
    #expect(found.byteCount == 6 * 4 * 4 + Self.png.count)
    let mean = try #require(found.meanSimilarity)
    #expect(abs(mean - (-1 + 0.25) / 2) < 1e-4)
    // Stored once more it takes the place of what was there.
    try store.save([id: explanation(steps: [5])])
    #expect(try store.explanations(ofRun: run.run.id)[id]?.maps.count == 2)
  }

  @Test func `a grid too large for two bytes has four`() throws {
    let count = 256 * 256
    let large = MergeMap(
      block: "a", width: 256, height: 256, destinations: (0..<count).map { $0 == 7 ? count - 1 : $0 },
      similarities: [Float](repeating: 1, count: count))
    let id = run.samples[0].id
    try store.save([id: Explanation(maps: [.init(.init(pass: 1, step: 1, steps: 1), large)])])
    let found = try #require(store.explanations(ofRun: run.run.id)[id])
    #expect(found.maps[0].map == large)
    #expect(found.byteCount == count * 6)
  }

  @Test func `a picture that is made again loses it`() throws {
    let sample = run.samples[0]
    try store.save([sample.id: explanation(), run.samples[1].id: explanation()])
    _ = try store.adopt(sample, picture: examplePicture("\(sample.id)", hash: "new"))
    #expect(try Array(store.explanations(ofRun: run.run.id).keys) == [run.samples[1].id])
  }

  @Test(arguments: [
    ("UPDATE explanation SET destinations = x'00'", "column destinations: 1 bytes"),
    ("UPDATE explanation SET destinations = x'000009000200020005000500'", "column destinations: 12 bytes"),
    // A destination that is merged away itself.
    ("UPDATE explanation SET destinations = x'000000000100020005000500'", "column destinations: 12 bytes"),
    ("UPDATE explanation SET similarities = x''", "column similarities: 0 bytes"),
    ("UPDATE explanation SET width = 0", "column width: 0"),
    ("UPDATE explanation SET height = 32768", "column destinations: 12 bytes"),
    ("UPDATE explanation SET pass = 3", "column pass: 3"),
    ("UPDATE explanation SET step = 0", "column step: 0"),
    ("UPDATE explanation SET block = '' WHERE rowid = 1", "column block: ''"),
    ("UPDATE preview SET png = x'3C737667'", "column png: 4 bytes"),
    ("UPDATE preview SET steps = -1", "column steps: -1"),
  ])
  func `damage is named by table, row and column`(sql: String, reason: String) throws {
    try store.save([1: explanation(steps: [1])])
    let other = try DatabaseQueue(path: file.path)
    try other.write { try $0.execute(sql: sql) }
    let error = try #require(throws: StoreError.self) { try store.explanations(ofRun: run.run.id) }
    guard case .damaged(store.path, let text) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(text.hasSuffix(reason), "\(text)")
    let table = sql.contains("preview") ? "preview" : "explanation"
    #expect(text.contains("table \(table), row with sampleID 1, pass "), "\(text)")
  }
}
