import Dispatch
public import Images
import Metrics
public import Pictures
public import ResultStore
import Synchronization
import Wording

/// A distance between two pictures that needs weights, as LPIPS does.
public struct PictureDistance: Sendable {
  let scorer: ScorerRecord
  let distance: @Sendable (RGBImage, RGBImage) throws -> Double?

  /// - Parameters:
  ///   - scorer: What computes it.
  ///   - distance: Of a picture to another of its size; nil for pictures too small for it. Numbers that are of no use
  ///     are thrown.
  public init(_ scorer: ScorerRecord, distance: @escaping @Sendable (RGBImage, RGBImage) throws -> Double?) {
    self.scorer = scorer
    self.distance = distance
  }
}

/// How alike the pictures of two runs are: each against the one of the same prompt, seed and variant, and not against
/// the unmerged picture of its own run.
///
/// Pixels are read from the files; pictures whose pixels have one hash are not read at all. The similarity of CLIP
/// embeddings comes from those that the stores hold, see `ResultStore.contents(ofRun:withEmbeddings:withExplanations:)`.
public struct PairScores: Sendable {
  /// What was measured, in the order of tables.
  let measures: [Measure]
  /// What kept pairs from being compared.
  let notes: [Note]
  /// By the own sample.
  private let values: [Int64: [Measure: Double]]

  /// - Parameters:
  ///   - pairing: of a run with another
  ///   - own: where the run's pictures are
  ///   - reference: where those of the other are
  ///   - distances: what to measure beside the pixels
  ///   - progress: told how many pairs are done, and of how many; by one thread at a time
  public init(
    _ pairing: Pairing, own: PictureFolders, reference: PictureFolders, distances: [PictureDistance] = [],
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    let pairs = pairing.picturePairs
    let known = pairing.contents.measures
    let pixels = known.filter { $0.metric.scorer == .pixels }
    let weighed = distances.compactMap { distance in
      (known + Measure.all(by: [distance.scorer])).first {
        $0.scorer.scoresLike(distance.scorer)
      }.map { (measure: $0, distance: distance.distance) }
    }
    let state = Mutex(State())
    let open = pairs.filter { !$0.isIdentical }
    for pair in pairs where pair.isIdentical {
      let values = pair.valuesOfIdentical(pixels + weighed.map(\.measure))
      state.withLock { $0.values[pair.own.id] = values }
    }
    DispatchQueue.concurrentPerform(iterations: open.count) { index in
      let pair = open[index]
      let outcome = pair.compared(own, reference, by: pixels)
      state.withLock { state in
        state.take(outcome, of: pair)
        state.done += 1
        progress(state.done, open.count)
      }
    }
    var counted = state.withLock { $0 }
    // Kernels of weights are parallel themselves.
    for (done, pair) in open.enumerated() where !weighed.isEmpty {
      progress(done, open.count)
      guard counted.values[pair.own.id] != nil, let images = pair.images(own, reference) else { continue }
      for (measure, distance) in weighed {
        do {
          counted.values[pair.own.id]?[measure] = try distance(images.own, images.reference)
        } catch {
          counted.failures[measure.shortTitle, default: 0] += 1
        }
      }
    }
    let embedded = pairing.embeddingMeasure
    if let embedded {
      for pair in pairs {
        guard let a = pairing.contents.embeddings[pair.ownPicture.fileHash],
          let b = pairing.referenceContents.embeddings[pair.referencePicture.fileHash], a.count == b.count
        else { continue }
        counted.values[pair.own.id, default: [:]][embedded] = 100 * cosineSimilarity(a, b)
      }
    }
    let all = pixels + weighed.map(\.measure) + [embedded].compactMap(\.self)
    measures = Metric.allCases.flatMap { metric in all.filter { $0.metric == metric } }
    notes = counted.notes
    values = counted.values
  }

  /// Of the own sample's picture, against the one that it is compared with.
  package func value(_ measure: Measure, of sample: SampleRecord) -> Double? { values[sample.id]?[measure] }

  /// What was found so far.
  private struct State {
    var values: [Int64: [Measure: Double]] = [:]
    var done = 0
    var unreadable = 0
    /// Pairs by their sizes.
    var sizes: [String: Int] = [:]
    /// By what was computed.
    var failures: [String: Int] = [:]

    mutating func take(_ outcome: PicturePair.Outcome, of pair: PicturePair) {
      switch outcome {
      case .values(let values): self.values[pair.own.id] = values
      case .sizes(let sizes): self.sizes[sizes, default: 0] += 1
      case .unreadable: unreadable += 1
      }
    }

    var notes: [Note] {
      var notes = sizes.sorted { $0.key < $1.key }.map { sizes, count in
        Note(
          .unlike,
          "\(NumberText.count(count, "pair")) of pictures of \(sizes) can't be compared pixel by pixel; scores by CLIP "
            + "are compared all the same")
      }
      if unreadable > 0 {
        notes.append(
          Note(
            .unlike,
            "\(NumberText.count(unreadable, "pair")) not compared pixel by pixel: a file is gone, or not what was "
              + "stored"))
      }
      notes += failures.sorted { $0.key < $1.key }.map { name, count in
        Note(.unlike, "\(NumberText.count(count, "pair")) without \(name): it is no finite number")
      }
      return notes
    }
  }
}
