import CLIPModels
import Checkpoints
import Tensors

/// Turns texts into what steers the UNet: a pipeline's tokenizers and text encoders.
struct TextConditioner: Sendable {
  /// One for Stable Diffusion; two for SDXL, whose states lie side by side and whose second gives the pooled ones.
  private let towers: [TextTower]
  private let hasZerosForEmptyPrompt: Bool

  /// - Parameters:
  ///   - files: the pipeline's folder
  ///   - words: what is added to the vocabulary
  /// - Throws: ``CheckpointError`` naming the file and field or tensor at fault, also when the parts do not fit.
  init(
    _ files: any ModelFiles, of pipeline: PipelineClass, words: [TextualInversion] = []
  ) throws(CheckpointError) {
    hasZerosForEmptyPrompt = try pipeline.zerosForEmptyPrompt(files)
    let count = pipeline == .stableDiffusionXL ? 2 : 1
    if let word = words.first(where: { $0.vectors.count != count }) {
      throw word.error(
        "has vectors of \(word.vectors.count == 1 ? "one text encoder" : "SDXL's two text encoders"), this model has "
          + "\(count == 1 ? "one" : "two, and needs 'clip_l' and 'clip_g'"); take one that was made for it")
    }
    let first = try TextTower(files, number: 0, words: words)
    guard pipeline == .stableDiffusionXL else {
      towers = [first]
      return
    }
    let second = try TextTower(files, number: 1, words: words)
    guard second.tokenizer.modelMaxLength == first.tokenizer.modelMaxLength else {
      throw .badConfiguration(
        path: files.path(of: "tokenizer_2/tokenizer_config.json"), field: "model_max_length",
        reason:
          "is \(second.tokenizer.modelMaxLength), that of the first tokenizer is \(first.tokenizer.modelMaxLength); "
          + "their encoders' states lie side by side")
    }
    towers = [first, second]
  }

  private var isXL: Bool { towers.count > 1 }

  /// Width of the hidden states.
  var width: Int { towers.reduce(0) { $0 + $1.width } }

  /// Width of the pooled texts; nil where there are none.
  var pooledWidth: Int? { towers.last?.pooledWidth }

  /// How many of the text encoders' last layers can be left out. Those of SDXL give what goes into their last one
  /// anyway.
  var mostClipSkip: Int { (towers.map(\.layers).min() ?? 0) - (isXL ? 1 : 0) }

  /// The words at the end of a text that an encoder does not take; nil when all take all.
  func unread(_ text: String) -> String? { towers.lazy.compactMap { $0.tokenizer.unread(text) }.first }

  /// - Throws: ``NotFiniteError`` when an encoder's numbers are useless.
  func callAsFunction(_ reading: PromptReading) throws(NotFiniteError) -> Conditioning {
    let hasZeros = reading.hasEmptyNegative && hasZerosForEmptyPrompt
    let negative = hasZeros ? nil : reading.negative
    let texts =
      (negative.map { [(text: $0, skip: reading.negativeClipSkip)] } ?? [])
      + [(text: reading.prompt, skip: reading.clipSkip)]
    var (states, pooled) = encoded(texts)
    if hasZeros {
      states = .concatenating([Tensor(zeros: states.shape), states])
      pooled = pooled.map { .concatenating([Tensor(zeros: $0.shape), $0]) }
    }
    return Conditioning(
      hiddenStates: try states.requireFinite(from: "text encoder"),
      pooled: try pooled?.requireFinite(from: "text encoder"),
      isTruncated: towers.contains { tower in
        ([reading.prompt] + (reading.negative.map { [$0] } ?? [])).contains {
          $0.isTruncated(tower.tokenizer)
        }
      })
  }

  /// All texts with as many chunks as the longest.
  private func encoded(
    _ texts: [(text: PromptReading.Text, skip: Int)]
  ) -> (states: Tensor, pooled: Tensor?) {
    let chunks = towers.map { tower in texts.map { $0.text.chunks(tower.tokenizer) } }
    let count = chunks.joined().map(\.count).max() ?? 1
    let outputs = zip(towers, chunks).map { tower, chunks in
      let rows = chunks.flatMap { own in
        own + Array(repeating: PromptChunk.empty(tower.tokenizer), count: count - own.count)
      }
      let output = tower(rows.map(\.ids))
      let states = tower.states(output, skips: texts.map { $0.skip }, rowsEach: count, isXL: isXL)
        .emphasized(by: rows.map(\.weights))
      return (
        states: states.reshaped([texts.count, count * states.shape[1], states.shape[2]]),
        // That of a text is its first chunk's.
        pooled: count == 1
          ? output.pooled
          : .concatenating(texts.indices.map { output.pooled.slice($0 * count..<$0 * count + 1) })
      )
    }
    guard isXL else { return (outputs[0].states, nil) }
    return (.concatenatingChannels(outputs[0].states, outputs[1].states), outputs[1].pooled)
  }
}
