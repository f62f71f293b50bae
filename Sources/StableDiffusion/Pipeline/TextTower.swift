import CLIPModels
import Checkpoints
import Tensors

/// A tokenizer and the text encoder that belongs to it.
struct TextTower: Sendable {
  private enum Encoder: Sendable {
    case plain(CLIPTextModel)
    case projecting(CLIPTextModelWithProjection)
  }

  let tokenizer: CLIPTokenizer
  private let encoder: Encoder

  /// - Parameters:
  ///   - files: the pipeline's folder
  ///   - number: 0, or 1 for SDXL's second
  ///   - words: what is added to the vocabulary
  /// - Throws: ``CheckpointError`` naming the file and field or tensor at fault, also when both do not fit.
  init(
    _ files: any ModelFiles, number: Int, words: [TextualInversion]
  ) throws(CheckpointError) {
    let suffix = number == 0 ? "" : "_2"
    tokenizer = try CLIPTokenizer(files.component("tokenizer\(suffix)"), words: words)
    let folder = try files.component("text_encoder\(suffix)")
    let first = tokenizer.vocabularySize
    if number == 0 {
      let model = try CLIPTextModel(folder)
      try model.requireFits(tokenizer)
      let rows = try Self.rows(words, number, of: model)
      encoder = .plain(rows.map { model.adding($0, from: first) } ?? model)
    } else {
      let model = try CLIPTextModelWithProjection(folder)
      try model.textModel.requireFits(tokenizer)
      let rows = try Self.rows(words, number, of: model.textModel)
      encoder = .projecting(rows.map { model.adding($0, from: first) } ?? model)
    }
  }

  /// The vectors of all words, one below the other; nil where there are none.
  private static func rows(
    _ words: [TextualInversion], _ number: Int, of model: CLIPTextModel
  ) throws(CheckpointError) -> Tensor? {
    let width = model.configuration.encoder.hiddenSize
    for word in words where word.vectors[number].shape[1] != width {
      let own = word.vectors[number].shape[1]
      throw word.error(
        "has vectors of \(own) values\(family(own)), this model's text encoder has \(width)\(family(width)); take one "
          + "that was made for it")
    }
    return words.isEmpty ? nil : Tensor.concatenating(words.map { $0.vectors[number] })
  }

  /// Whose first text encoder has that width.
  private static func family(_ width: Int) -> String {
    switch width {
    case 768: " (Stable Diffusion 1.x)"
    case 1024: " (Stable Diffusion 2.x)"
    default: ""
    }
  }

  private var model: CLIPTextModel {
    switch encoder {
    case .plain(let model): model
    case .projecting(let model): model.textModel
    }
  }

  var width: Int { model.configuration.encoder.hiddenSize }
  var layers: Int { model.configuration.encoder.hiddenLayers }

  /// Width of the pooled texts; nil where they are not projected.
  var pooledWidth: Int? {
    if case .projecting(let model) = encoder { model.textModel.configuration.projectionDim } else { nil }
  }

  /// - Parameter ids: texts of one length, start and end token included.
  func callAsFunction(_ ids: [[Int]]) -> CLIPTextOutput {
    switch encoder {
    case .plain(let model): model(ids)
    case .projecting(let model): model(ids)
    }
  }

  /// The hidden states that the UNet is given, `[rows, tokens, width]`: the last ones, and of SDXL those before the last
  /// layer, without its final layer norm; with layers left out those of so many layers before, with the same norm or
  /// none.
  ///
  /// - Parameters:
  ///   - skips: how many layers are left out, of each text
  ///   - rowsEach: of a text
  func states(_ output: CLIPTextOutput, skips: [Int], rowsEach: Int, isXL: Bool) -> Tensor {
    func states(_ skip: Int) -> Tensor {
      let states = output.hiddenStates
      if isXL { return states[states.count - 2 - skip] }
      return skip == 0 ? output.lastHiddenState : model.normalized(states[states.count - 1 - skip])
    }
    guard Set(skips).count > 1 else { return states(skips.first ?? 0) }
    return .concatenating(
      skips.enumerated().map { text, skip in states(skip).slice(text * rowsEach..<(text + 1) * rowsEach) })
  }
}
