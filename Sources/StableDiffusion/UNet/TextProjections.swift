import Tensors

/// What a UNet makes of the texts, which is the same at every step of a picture: the keys and values of its
/// cross-attentions, all of which the first evaluation computes before anything else. One by one, when each is needed,
/// they would lie among maps whose memory could not be put together again.
package struct TextProjections: Sendable {
  package let conditioning: Conditioning
  /// By the block's place in the UNet.
  private var known: [String: CrossAttention.KeysAndValues] = [:]

  package init(_ conditioning: Conditioning) { self.conditioning = conditioning }

  /// How many texts there are: the batch of the UNet's result.
  var count: Int { conditioning.hiddenStates.shape[0] }
  var isEmpty: Bool { known.isEmpty }

  /// - Parameter place: of a block of the model that they were made for
  subscript(place: String) -> CrossAttention.KeysAndValues {
    get {
      guard let found = known[place] else { preconditionFailure("\(place) has projected no texts") }
      return found
    }
    set { known[place] = newValue }
  }
}
