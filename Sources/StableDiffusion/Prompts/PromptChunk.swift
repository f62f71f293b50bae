import CLIPModels

/// As much of a prompt as a text encoder takes at once: its tokens between start and end token, filled up to its length.
struct PromptChunk: Sendable, Hashable {
  let ids: [Int]
  /// How much each token counts; nil where all count the same.
  let weights: [Float]?

  /// So many tokens after a comma go to the next chunk together, rather than being torn apart.
  static let commaReach = 20
}

extension PromptChunk {
  /// What stands where another prompt has more chunks.
  static func empty(_ tokenizer: CLIPTokenizer) -> PromptChunk {
    PromptChunk(ids: tokenizer.encode(""), weights: nil)
  }

  /// - Parameter tokens: each with its weight, as many as fit
  fileprivate init(_ tokens: ArraySlice<(id: Int, weight: Double)>, _ tokenizer: CLIPTokenizer) {
    let (length, end) = (tokenizer.modelMaxLength, tokenizer.endToken)
    // What is filled up is cut where the text ends, also where that is written in it.
    let written = [tokenizer.startToken] + tokens.map { $0.id } + [end]
    let text = written.prefix((written.firstIndex(of: end) ?? written.count - 1) + 1)
    ids =
      tokenizer.padToken == end
      ? written + Array(repeating: end, count: length - written.count)
      : text + Array(repeating: tokenizer.padToken, count: length - text.count)
    let weights = [1] + tokens.map { Float($0.weight) }
    self.weights =
      weights.allSatisfy { $0 == 1 } ? nil : weights + Array(repeating: 1, count: length - weights.count)
  }
}

extension WeightedPrompt {
  /// The prompt in chunks, as `tokenize_line` in the web UI's `modules/sd_hijack_clip.py` cuts it with its default
  /// settings. At least one.
  func chunks(_ tokenizer: CLIPTokenizer) -> [PromptChunk] {
    let length = tokenizer.modelMaxLength - 2
    let comma = tokenizer.tokens(in: ",")
    var chunks: [PromptChunk] = []
    var tokens: [(id: Int, weight: Double)] = []
    var lastComma: Int?
    /// Ends a chunk after so many tokens; the others begin the next.
    func close(after count: Int) {
      chunks.append(PromptChunk(tokens.prefix(count), tokenizer))
      tokens.removeFirst(count)
      lastComma = nil
    }
    for piece in pieces {
      guard case .text(let text, let weight) = piece else {
        close(after: tokens.count)
        continue
      }
      for group in tokenizer.tokenGroups(in: text) {
        if group == comma {
          lastComma = tokens.count
        } else if tokens.count == length, let comma = lastComma,
          tokens.count - comma <= PromptChunk.commaReach
        {
          close(after: comma + 1)
        }
        // The vectors of a word stay together.
        if tokens.count == length || tokens.count + group.count > length { close(after: tokens.count) }
        tokens += group.map { (id: $0, weight: weight) }
      }
    }
    if !tokens.isEmpty || chunks.isEmpty { close(after: tokens.count) }
    return chunks
  }
}
