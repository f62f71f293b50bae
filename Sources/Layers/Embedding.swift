public import Checkpoints
public import Tensors

/// A table of rows looked up by number, torch's `nn.Embedding`.
public struct Embedding: Sendable {
  private var weight: Tensor

  /// - Throws: `CheckpointError` unless `weight` is `[count, width]`.
  public init(_ weights: Weights, count: Int, width: Int) throws(CheckpointError) {
    weight = try weights.tensor("weight", [count, width])
  }

  /// The table with other rows from one on, longer where they do not fit.
  /// - Parameter rows: `[count, width]`
  public func replacing(_ rows: Tensor, from first: Int) -> Embedding {
    precondition(
      rows.shape.rank == 2 && rows.shape[1] == weight.shape[1], "rows \(rows.shape) in \(weight.shape)")
    precondition(first >= 0, "row \(first)")
    let (count, end) = (weight.shape[0], first + rows.shape[0])
    var table = self
    if end > count {
      table.weight = .concatenating([weight, Tensor(zeros: [end - count, weight.shape[1]])])
    }
    table.weight.replaceRows(from: first, by: rows)
    return table
  }

  /// - Returns: `[ids.count, width]`
  public func callAsFunction(_ ids: [Int]) -> Tensor {
    let (count, width) = (weight.shape[0], weight.shape[1])
    return weight.withUnsafeBuffer { rows in
      Tensor(uninitialized: [ids.count, width]) { out in
        for (index, id) in ids.enumerated() {
          precondition(id >= 0 && id < count, "row \(id) of an embedding of \(count)")
          _ = UnsafeMutableBufferPointer(rebasing: out[(index * width)..<((index + 1) * width)])
            .update(fromContentsOf: rows[(id * width)..<((id + 1) * width)])
        }
      }
    }
  }
}
