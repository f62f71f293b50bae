public import Foundation
import ResultStore

/// Where the shards of a sweep lie: `shards/2-of-4` below the run's folder, each with a store and pictures of its own,
/// since SQLite lets one process write at a time, and none over most network file systems.
public enum ShardFolders {
  private static let name = "shards"

  public static func folder(of shard: Shard, in output: URL) -> URL {
    output.appendingPathComponent(name, isDirectory: true)
      .appendingPathComponent("\(shard.number)-of-\(shard.count)", isDirectory: true)
  }

  /// The stores of the shards that there are, by their number and how many they were to be.
  public static func stores(in output: URL) -> [(shard: Shard, store: URL)] {
    let folder = output.appendingPathComponent(name, isDirectory: true)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap(shard).sorted { ($0.count, $0.number) < ($1.count, $1.number) }.map { shard in
      (shard, Self.folder(of: shard, in: output).appendingPathComponent(ResultStore.usualName))
    }.filter { FileManager.default.fileExists(atPath: $0.1.path) }
  }

  /// The stores that may hold pictures of a sweep into `output` that its own has not: of a shard, those of shards that
  /// were cut otherwise, and the merged one; of the whole sweep, all shards'.
  public static func neighbours(of shard: Shard?, in output: URL) -> [URL] {
    let others = stores(in: output).filter { $0.shard.count != shard?.count }.map(\.store)
    let merged = output.appendingPathComponent(ResultStore.usualName)
    let isMerged = shard != nil && FileManager.default.fileExists(atPath: merged.path)
    return (isMerged ? [merged] : []) + others
  }

  /// Of a folder's name, as in `2-of-4`.
  private static func shard(_ name: String) -> Shard? {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[1] == "of", let number = Int(parts[0]), let count = Int(parts[2]),
      let shard = Shard(number, of: count), name == "\(number)-of-\(count)"
    else { return nil }
    return shard
  }
}
