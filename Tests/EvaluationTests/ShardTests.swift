import Evaluation
import Foundation
import PromptSets
import ReferenceFixtures
import ResultStore
import Testing

@Suite struct ShardTests {
  /// Shards of 2, 3, 4, 8 and 64, from Python: `int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) % n + 1`.
  @Test(arguments: [
    ("a corgi", [2, 3, 2, 2, 18]), ("an owl on a violin", [2, 2, 4, 4, 4]),
    ("ein „Bär“ 🐻", [2, 3, 2, 6, 62]),
    ("a red cube on top of a blue cube", [2, 2, 2, 6, 46]),
  ]) func `a prompt's shard follows from its text`(text: String, numbers: [Int]) {
    for (count, number) in zip([2, 3, 4, 8, 64], numbers) {
      let owners = (1...count).filter { Shard($0, of: count)?.contains(text) == true }
      #expect(owners == [number])
    }
    #expect(Shard(1, of: 1)?.contains(text) == true)
  }

  @Test func `twice as many shards halve each`() throws {
    let texts = try PromptSet.named("full").prompts.map(\.text)
    let (coarse, fine) = (try #require(Shard(2, of: 3)), [Shard(2, of: 6), Shard(5, of: 6)])
    for text in texts {
      #expect(coarse.contains(text) == fine.contains { $0?.contains(text) == true })
    }
    // No shard of a few is empty.
    for number in 1...4 { #expect(texts.contains { Shard(number, of: 4)?.contains($0) == true }) }
  }

  @Test func `there is no shard beyond the last`() {
    for (number, count) in [(0, 4), (5, 4), (-1, 4), (1, 0), (1, -3), (1, 100_001)] {
      #expect(Shard(number, of: count) == nil)
    }
  }

  @Test func `shards have folders of their own, and neighbours that may have their pictures`() throws {
    let folder = try TemporaryFolder()
    let output = folder.url
    func make(_ path: String) throws {
      let url = output.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
    for name in ["10-of-12", "2-of-12", "1-of-4", "02-of-4", "5-of-4", "x-of-4", "1-of-4-old"] {
      try make("shards/\(name)/tome-eval.sqlite")
    }
    try make("shards/3-of-4/notes.txt")
    #expect(ShardFolders.stores(in: output).map(\.shard.description) == ["1/4", "2/12", "10/12"])
    func neighbours(_ shard: Shard?) -> [String] {
      ShardFolders.neighbours(of: shard, in: output).map {
        $0.path.replacing(output.path + "/", with: "").replacing("/tome-eval.sqlite", with: "")
      }
    }
    let third = try #require(Shard(3, of: 4))
    #expect(ShardFolders.folder(of: third, in: output).path == output.path + "/shards/3-of-4")
    #expect(neighbours(third) == ["shards/2-of-12", "shards/10-of-12"])
    #expect(neighbours(nil) == ["shards/1-of-4", "shards/2-of-12", "shards/10-of-12"])
    try make("tome-eval.sqlite")
    #expect(neighbours(third) == ["tome-eval.sqlite", "shards/2-of-12", "shards/10-of-12"])
    #expect(ShardFolders.stores(in: output.appendingPathComponent("none")).isEmpty)
  }
}
