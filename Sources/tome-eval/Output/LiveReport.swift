import Comparisons
import Evaluation
import Foundation
import Pictures
import Reporting
import ResultStore
import Statistics

/// Keeps the page of a running sweep up to date: after the first picture and then after prompts, between pictures,
/// so that no picture's time is touched.
///
/// Writing takes at most a fiftieth of the sweep's time: the next page waits that long, and 20 seconds at least.
final class LiveReport {
  private static let shortestWait = Duration.seconds(LiveProgress.renewal)
  private static let share = 50

  private let store: ResultStore
  private let folders: PictureFolders
  private let clock = ContinuousClock()
  private var due: ContinuousClock.Instant?
  private var run: RunRecord?
  private var prompt = ""
  private var isBroken = false

  init(store: ResultStore, folders: PictureFolders) {
    self.store = store
    self.folders = folders
  }

  func follow(_ event: SweepEvent) {
    // Another sweep may use the same store.
    if case .began(let run) = event { self.run = run }
    guard case .picture(let progress, _) = event, !isBroken, progress.prompt != prompt else { return }
    let start = clock.now
    if let due, start < due { return }
    prompt = progress.prompt
    let live = LiveProgress(
      finished: progress.finished, total: progress.total, secondsLeft: progress.secondsLeft)
    do {
      let page = try write(progress: live)
      if due == nil, let page { Terminal.log("live report: \(page.path)") }
    } catch {
      // The sweep matters more than its page.
      isBroken = true
      Terminal.warn("the report is not renewed any more: \(error)")
    }
    let end = clock.now
    due = end + max(Self.shortestWait, (end - start) * Self.share)
  }

  /// Writes the page once more without its renewal, for a sweep that ends by an error.
  func end() {
    if due != nil { _ = try? write(progress: nil) }
  }

  private func write(progress: LiveProgress?) throws -> URL? {
    guard let run else { return nil }
    let contents = try store.contents(ofRun: run.id)
    let comparison = Comparison(contents, bootstrap: Bootstrap(resamples: 1000), detail: .preliminary)
    return try Report(
      sources: [.init(comparison, folders: folders)], progress: progress
    ).write(to: folders.output)
  }
}
