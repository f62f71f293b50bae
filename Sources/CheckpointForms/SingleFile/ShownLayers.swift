import Checkpoints
import Tensors

/// The layers that a model's tensors show, by diffusers' names.
struct ShownLayers {
  private let tensors: any TensorSource
  private let places: Set<String>

  init(_ tensors: any TensorSource) {
    self.tensors = tensors
    var places: Set<String> = []
    for key in tensors.keys {
      var place = key[...]
      while let dot = place.lastIndex(of: ".") {
        place = place[..<dot]
        guard places.insert(String(place)).inserted else { break }
      }
    }
    self.places = places
  }

  /// Whether there is a tensor below.
  func has(_ place: String) -> Bool { places.contains(place) }

  /// How many there are of what is numbered from 0 below `place`.
  func count(_ place: String) -> Int {
    var count = 0
    while has("\(place).\(count)") { count += 1 }
    return count
  }

  /// The first place that ends so, by name.
  func first(endingIn ending: String) -> String? { places.filter { $0.hasSuffix(ending) }.min() }

  /// The shape of a tensor that no model of the kind is without.
  /// - Throws: ``CheckpointError`` unless it is there and has so many axes.
  func shape(_ key: String, rank: Int) throws(CheckpointError) -> Shape {
    guard let shape = tensors.shape(of: key), shape.rank == rank else {
      throw .unreadable(
        path: tensors.path,
        reason:
          "has no tensor '\(key)' (in diffusers' naming) of \(rank) axes, by which its sizes are known; "
          + "download or export it again")
    }
    return shape
  }

  /// The width of what a layer gives: the outermost axis of its weight.
  func width(_ place: String, rank: Int = 2) throws(CheckpointError) -> Int {
    try shape("\(place).weight", rank: rank)[0]
  }
}

extension [Int] {
  /// As diffusers writes a value for every level: once where all are alike.
  var perLevel: JSONValue { Set(self).count == 1 ? .whole(self[0]) : .wholes(self) }
}
