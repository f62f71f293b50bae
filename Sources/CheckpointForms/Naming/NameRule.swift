import Checkpoints
import Tensors

/// What a layer, or a block of layers, is called in the naming of a single file and in diffusers'.
///
///     NameRule("decoder.up.#.block.#", "up_blocks.#.resnets.#", inside: [NameRule("nin_shortcut", "conv_shortcut")])
///
/// A name is cut at its points. `#` stands for a number and is taken over in the order of appearance; what follows
/// the rule's own part of a name is kept, or named by the rules inside.
struct NameRule: Sendable {
  /// How a tensor is stored otherwise.
  enum Change: Sendable {
    case none
    /// As a convolution of 1×1, where it is a matrix.
    case flattened
    /// With its axes the other way round.
    case turned
  }

  private let from: [Substring]
  private let to: [[Substring]]
  private let inside: [NameRule]
  private let change: Change

  /// - Parameter to: several share the rows of one tensor evenly
  init(_ from: String, _ to: String..., inside: [NameRule] = [], change: Change = .none) {
    self.from = from.split(separator: ".")
    self.to = to.map { $0.split(separator: ".") }
    self.inside = inside
    self.change = change
  }

  /// What a tensor is called in diffusers, and how it is changed; nil unless the rule is about it.
  fileprivate func applied(to name: ArraySlice<Substring>) -> (names: [String], change: Change)? {
    guard name.count >= from.count else { return nil }
    var numbers: [Substring] = []
    for (part, own) in zip(name, from) {
      if own == "#", part.allSatisfy(\.isNumber) {
        numbers.append(part)
      } else if part != own {
        return nil
      }
    }
    let rest = name.dropFirst(from.count)
    let within = inside.lazy.compactMap { $0.applied(to: rest) }.first
    let prefixes = to.map { filled($0, numbers) }
    let endings = within?.names ?? [rest.joined(separator: ".")]
    return (
      prefixes.flatMap { prefix in endings.map { $0.isEmpty ? prefix : "\(prefix).\($0)" } },
      within?.change ?? change
    )
  }

  /// The way back, of a rule that leads to one name and changes nothing.
  var inverse: NameRule {
    NameRule(to[0].joined(separator: "."), from.joined(separator: "."), inside: inside.map(\.inverse))
  }

  private func filled(_ name: [Substring], _ numbers: [Substring]) -> String {
    var numbers = numbers[...]
    return name.map { $0 == "#" ? numbers.popFirst() ?? "#" : $0 }.joined(separator: ".")
  }
}

extension [NameRule] {
  /// What the first rule that is about a name makes of it; nil where none is.
  func renamed(_ name: String) -> String? {
    let parts = name.split(separator: ".")[...]
    return lazy.compactMap { $0.applied(to: parts)?.names.first }.first
  }
}

extension RecipeTensors {
  /// The tensors of a part of a single file under diffusers' names; what no rule is about keeps the file's.
  ///
  /// - Parameters:
  ///   - names: of the part's tensors, without what all of them begin with
  ///   - rules: the first that is about a name decides
  ///   - key: the file's own name of one of these
  /// - Throws: `CheckpointError` when the file lacks one of them.
  init(
    _ file: any TensorSource, _ names: some Sequence<String>, _ rules: [NameRule], key: (String) -> String
  ) throws(CheckpointError) {
    var recipes: [String: TensorRecipe] = [:]
    for name in names.sorted() {
      let key = key(name)
      guard let shape = file.shape(of: key) else {
        throw .badConfiguration(
          path: file.path, field: key,
          reason: "is missing, though others of its kind are there; download it again")
      }
      let parts = name.split(separator: ".")[...]
      let found = rules.lazy.compactMap { $0.applied(to: parts) }.first
      let made = found.flatMap { Self.recipes($0.names, $0.change, of: key, shape) } ?? [:]
      // Of two tensors for one place, the second has none.
      if made.isEmpty || made.keys.contains(where: { recipes[$0] != nil }) {
        recipes[found == nil ? name : key] = TensorRecipe(key, shape)
      } else {
        recipes.merge(made) { first, _ in first }
      }
    }
    self.init(file, recipes)
  }

  private static func recipes(
    _ names: [String], _ change: NameRule.Change, of key: String, _ shape: Shape
  ) -> [String: TensorRecipe]? {
    switch change {
    case .flattened where shape.rank > 2 && shape[0] * shape[1] == shape.count:
      return [names[0]: TensorRecipe(key, shape, shape: [shape[0], shape[1]])]
    case .turned where shape.rank == 2:
      return [names[0]: TensorRecipe(key, shape, isTransposed: true)]
    default: break
    }
    guard names.count > 1 else { return [names[0]: TensorRecipe(key, shape)] }
    guard shape.rank > 0, shape[0] % names.count == 0 else { return nil }
    let rows = shape[0] / names.count
    return Dictionary(
      uniqueKeysWithValues: names.enumerated().map { index, name in
        (name, TensorRecipe(key, shape, rows: (index * rows)..<((index + 1) * rows)))
      })
  }
}
