import Checkpoints

/// How many transformer blocks follow each resnet of a UNet: `transformer_layers_per_block`, and for UNets whose
/// way up is another than their way down `reverse_transformer_layers_per_block`.
struct TransformerDepths: Sendable, Hashable {
  /// By level, 0 being the finest, and layer.
  private let perBlock: PerLevel<PerLevel<Int>>
  /// By up block, 0 being the coarsest, and layer; nil where the way up has what the way down has.
  private let reversed: PerLevel<PerLevel<Int>>?
  private let levels: Int

  private static let field = "transformer_layers_per_block"
  private static let reversedField = "reverse_transformer_layers_per_block"

  /// - Parameters:
  ///   - levels: of the UNet
  ///   - counts: how many levels there may be
  /// - Throws: ``CheckpointError`` naming the field at fault.
  init(_ fields: ConfigurationFields, levels: Int, counts: ClosedRange<Int>) throws(CheckpointError) {
    // None at all in blocks without attention, which say something, too.
    let depth = Quantity("transformer layers", 0...1000)
    let layers = 1...100
    perBlock =
      try fields.perLayer(Self.field, depth, levels: counts, layers: layers) ?? PerLevel(PerLevel(1))
    reversed = try fields.perLayer(Self.reversedField, depth, levels: counts, layers: layers)
    self.levels = levels
    for (field, depths) in [(Self.field, perBlock), (Self.reversedField, reversed ?? perBlock)] {
      guard depths.levels == nil || depths.levels == levels else {
        throw fields.error(field, "\(depths.levels ?? 0) values for \(levels) block_out_channels")
      }
    }
    guard reversed != nil || perBlock.all.allSatisfy({ $0.levels == nil }) else {
      throw fields.error(
        Self.reversedField,
        "is missing: \(Self.field) differs within a level, and does not say how the way up does")
    }
  }

  /// Of the mid block.
  var middle: Int { perBlock[levels - 1][0] }

  func onWayDown(_ level: Int, layer: Int) -> Int { perBlock[level][layer] }

  func onWayUp(_ level: Int, layer: Int) -> Int {
    reversed.map { $0[levels - 1 - level][layer] } ?? perBlock[level][layer]
  }

  /// Fails unless every layer of a level with transformers on the way down has its number; what a list has beyond them
  /// is not read.
  func requireWayDown(_ level: Int, layers: Int, _ fields: ConfigurationFields) throws(CheckpointError) {
    try Self.require(perBlock[level], Self.field, layers, fields)
  }

  /// The same for the way up.
  func requireWayUp(_ level: Int, layers: Int, _ fields: ConfigurationFields) throws(CheckpointError) {
    guard let reversed else { return }
    try Self.require(reversed[levels - 1 - level], Self.reversedField, layers, fields)
  }

  private static func require(
    _ depths: PerLevel<Int>, _ field: String, _ layers: Int, _ fields: ConfigurationFields
  ) throws(CheckpointError) {
    guard depths.levels ?? layers >= layers else {
      throw fields.error(field, "has a list of \(depths.levels ?? 0) for a block of \(layers) layers")
    }
  }
}
