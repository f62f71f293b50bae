import Tensors

/// What a UNet makes of the texts, which is the same at every step of a picture: the keys and values of each of its
/// cross-attentions, computed by the first evaluation that needs them.
package struct TextProjections: Sendable {
  package let conditioning: Conditioning
  /// By the block's place in the UNet.
  private var known: [String: CrossAttention.KeysAndValues] = [:]

  package init(_ conditioning: Conditioning) { self.conditioning = conditioning }

  /// - Parameter project: called with the hidden states where the block has none yet
  mutating func keysAndValues(
    of place: String, _ project: (Tensor) -> CrossAttention.KeysAndValues
  ) -> CrossAttention.KeysAndValues {
    if let found = known[place] { return found }
    let found = project(conditioning.hiddenStates)
    known[place] = found
    return found
  }
}
