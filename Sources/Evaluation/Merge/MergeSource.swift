import Foundation
import Pictures
import ResultStore

/// What one store has of a run: the pictures that it has finished or failed at, with all that is known of them.
struct MergeSource {
  let path: String
  /// Whether its pictures are kept where others differ.
  let isPreferred: Bool
  let folders: PictureFolders
  /// Without the samples that are pending.
  let contents: RunContents
  /// What merging did in each block, by sample.
  let blocks: [Int64: [String: MergeStatistics]]
  /// What was seen of pictures' making, by sample.
  let explanations: [Int64: Explanation]

  /// - Parameter folder: what pictures are relative to that do not lie below the store; nil for the store's own
  init(
    _ store: ResultStore, _ contents: RunContents, folder: URL? = nil, isPreferred: Bool,
    isWanted: (SampleRecord) -> Bool
  ) throws(StoreError) {
    path = store.path
    self.isPreferred = isPreferred
    folders = PictureFolders(store: store.folder, output: folder ?? store.folder)
    var finished = contents
    finished.samples = contents.samples.filter { $0.state != .pending && isWanted($0) }
    self.contents = finished
    var blocks: [Int64: [String: MergeStatistics]] = [:]
    for sample in finished.samples where sample.state == .done && sample.mergeStatistics != nil {
      blocks[sample.id] = try store.blockStatistics(ofSample: sample.id)
    }
    self.blocks = blocks
    explanations = try store.explanations(ofRun: contents.run.id)
  }
}
