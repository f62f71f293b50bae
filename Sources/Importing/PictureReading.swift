import Foundation

public enum PictureReading {
  /// Reads pictures on all cores.
  ///
  /// - Parameters:
  ///   - isCancelled: asked between pictures
  ///   - progress: told how many are read, from any thread, one call at a time
  /// - Returns: those that can be read, in their order, and why others cannot.
  /// - Throws: `CancellationError`
  public static func read(
    _ pictures: [NamedPicture], isCancelled: @Sendable () -> Bool = { false },
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> (pictures: [ReadPicture], problems: [ImportProblem]) {
    let results = Results(count: pictures.count)
    DispatchQueue.concurrentPerform(iterations: pictures.count) { index in
      guard !isCancelled() else { return }
      let result = Result { () throws(ImportProblem) in try ReadPicture(pictures[index]) }
      results.put(result, at: index) { progress($0, pictures.count) }
    }
    guard !isCancelled() else { throw CancellationError() }
    return results.sorted
  }

  private final class Results: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [Result<ReadPicture, ImportProblem>?]
    private var done = 0

    init(count: Int) { all = Array(repeating: nil, count: count) }

    func put(_ result: Result<ReadPicture, ImportProblem>, at index: Int, _ progress: (Int) -> Void) {
      lock.withLock {
        all[index] = result
        done += 1
        progress(done)
      }
    }

    var sorted: (pictures: [ReadPicture], problems: [ImportProblem]) {
      var (pictures, problems): ([ReadPicture], [ImportProblem]) = ([], [])
      for result in all.compactMap(\.self) {
        switch result {
        case .success(let picture): pictures.append(picture)
        case .failure(let problem): problems.append(problem)
        }
      }
      return (pictures, problems)
    }
  }
}
