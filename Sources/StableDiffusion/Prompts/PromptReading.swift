import CLIPModels

/// A prompt and a negative one as a model is going to read them: what can be wrong with them is found out before
/// anything is computed. Made by ``DiffusionPipeline/read(_:_:)``.
public struct PromptReading: Sendable {
  /// One of both, in the syntax that it is written in.
  enum Text: Sendable {
    case plain(String)
    case weighted(WeightedPrompt)

    /// - Throws: ``PromptError`` naming what of the syntax is not done here.
    init(_ text: String, _ syntax: PromptSyntax) throws(PromptError) {
      switch syntax {
      case .plain: self = .plain(text)
      case .webui: self = .weighted(try WeightedPrompt(text))
      }
    }

    func chunks(_ tokenizer: CLIPTokenizer) -> [PromptChunk] {
      switch self {
      case .plain(let text): [PromptChunk(ids: tokenizer.encode(text), weights: nil)]
      case .weighted(let prompt): prompt.chunks(tokenizer)
      }
    }

    func isTruncated(_ tokenizer: CLIPTokenizer) -> Bool {
      if case .plain(let text) = self { tokenizer.isTruncated(text) } else { false }
    }
  }

  let prompt: Text
  /// Nil where it has no effect.
  let negative: Text?
  /// Whether there is a negative prompt that says nothing.
  let hasEmptyNegative: Bool
  /// How many of the text encoder's last layers are left out, of the prompt's states and of the negative one's.
  let clipSkip: Int
  let negativeClipSkip: Int

  /// - Parameter negativePrompt: nil where it has no effect
  /// - Throws: ``PipelineError`` naming what of the syntax is not done here, and in which of both.
  init(
    _ prompt: String, negativePrompt: String?, clipSkip: Int = 0, syntax: PromptSyntax = .plain
  ) throws(PipelineError) {
    do throws(PromptError) { self.prompt = try Text(prompt, syntax) } catch { throw .badPrompt(error) }
    do throws(PromptError) {
      negative = if let negativePrompt { try Text(negativePrompt, syntax) } else { nil }
    } catch {
      throw .badNegativePrompt(error)
    }
    hasEmptyNegative = negativePrompt == ""
    self.clipSkip = clipSkip
    // diffusers leaves them out of the prompt's only, the web UI out of both.
    negativeClipSkip = syntax == .webui ? clipSkip : 0
  }

  /// As diffusers reads texts where nothing else is asked for.
  init(plain prompt: String, negativePrompt: String?) {
    self.prompt = .plain(prompt)
    negative = negativePrompt.map(Text.plain)
    hasEmptyNegative = negativePrompt == ""
    (clipSkip, negativeClipSkip) = (0, 0)
  }
}
