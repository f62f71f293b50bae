package import Tensors

/// How a tensor is made of another source's: its rows, turned round or under another shape.
package struct TensorRecipe: Hashable, Sendable {
  /// The other source's name of it.
  package let source: String
  /// Its shape there.
  package let sourceShape: Shape
  /// Of its outermost axis; nil for all.
  package let rows: Range<Int>?
  /// Whether the two axes of the rows change places.
  package let isTransposed: Bool
  /// Of the result.
  package let shape: Shape

  /// - Parameters:
  ///   - source: the other source's name
  ///   - sourceShape: its shape there
  ///   - rows: of its outermost axis, nil for all
  ///   - isTransposed: whether the two axes change places
  ///   - shape: of the result, nil for what the rows have
  package init(
    _ source: String, _ sourceShape: Shape, rows: Range<Int>? = nil, isTransposed: Bool = false,
    shape: Shape? = nil
  ) {
    self.source = source
    self.sourceShape = sourceShape
    self.rows = rows
    self.isTransposed = isTransposed
    let taken = rows.map { Shape([$0.count] + sourceShape.dimensions.dropFirst()) } ?? sourceShape
    precondition(!isTransposed || taken.rank == 2, "a tensor of shape \(taken) cannot be turned round")
    self.shape = shape ?? (isTransposed ? Shape(taken.dimensions.reversed()) : taken)
    precondition(self.shape.count == taken.count, "shape \(taken) as \(self.shape)")
  }

  fileprivate func made(_ tensor: StoredTensor) -> StoredTensor {
    let taken = rows.map(tensor.rows) ?? tensor
    return isTransposed ? StoredTensor(taken.widened().transposed()) : taken.reshaped(shape)
  }
}

/// Tensors made of another source's: those of a file whose names and layouts are not the model's own.
package struct RecipeTensors: TensorSource {
  private let source: any TensorSource
  private let recipes: [String: TensorRecipe]

  /// - Parameter recipes: by the name that the tensor has here
  package init(_ source: any TensorSource, _ recipes: [String: TensorRecipe]) {
    self.source = source
    self.recipes = recipes
  }

  package var path: String { source.path }
  package var keys: [String] { Array(recipes.keys) }
  /// Of the other source's, the share of these tensors.
  package var mappedBytes: Int {
    let share = Double(weightCount) / Double(max(source.weightCount, 1))
    return Int((Double(source.mappedBytes) * min(share, 1)).rounded(.up))
  }
  package func shape(of key: String) -> Shape? { recipes[key]?.shape }
  package func type(of key: String) -> String? { recipes[key].flatMap { source.type(of: $0.source) } }
  package var metadata: [String: String] { source.metadata }
  package func name(of key: String) -> String { recipes[key].map { source.name(of: $0.source) } ?? key }

  package func stored(_ key: String, _ shape: Shape) throws(CheckpointError) -> StoredTensor {
    guard let recipe = recipes[key] else {
      throw .missingTensor(path: path, key: key, expected: shape)
    }
    guard recipe.shape == shape else {
      throw .wrongShape(path: path, key: name(of: key), expected: shape, found: recipe.shape)
    }
    return recipe.made(try source.stored(recipe.source, recipe.sourceShape))
  }
}
