import CKernels

/// A linear layer with 2n outputs and the gated GELU of Shazeer 2020 after it: the first n outputs times the
/// exact `gelu` of the last n.
///
/// The 2n outputs never exist but for a few rows and columns at a time. Results have the bits of
/// ``linear(_:weight:bias:adding:precision:)`` and the gate one after the other, but with OpenBLAS.
///
/// - Parameters:
///   - x: `[..., k]`
///   - weight: `[2n, k]`, as torch stores it
///   - bias: `[2n]`
///   - precision: of the product; GELU is in fp32
/// - Returns: `[..., n]`
package func gatedLinear(
  _ x: Tensor, weight: StoredTensor, bias: Tensor? = nil, precision: Precision = .fp32
) -> Tensor {
  let k = x.shape.last
  let n = weight.shape[0] / 2
  precondition(
    weight.shape[0] % 2 == 0 && weight.shape.count == 2 * n * k,
    "gated linear of \(x.shape) with weight \(weight.shape)")
  precondition(bias.map { $0.count == 2 * n } ?? true, "bias \(bias?.shape ?? []) for \(2 * n) outputs")
  let m = x.count / max(k, 1)
  OperationCount.note(m * 2 * n * k)
  let product = PanelProduct(k: k, precision: precision, backend: .current)
  let blocks = ProductBlocks(m: m, n: n, of: product)
  let shape = Shape(x.shape.dimensions.dropLast() + [n])
  return x.withUnsafeBuffer { x in
    withOptionalBase(bias) { bias in
      Tensor(uninitialized: shape) { out in
        guard let x = x.baseAddress, let out = out.baseAddress, n > 0, k > 0 else { return }
        let weights = WeightColumns(weight, parts: 2, of: product)
        product.withLeft(x, rows: m) { x in
          Parallel.forEach(blocks.count) { block in
            let (rows, columns) = blocks[block]
            multiplyGated(product, x, rows, weights, columns, of: n, bias: bias, into: out)
          }
        }
      }
    }
  }
}

/// A block of the results.
private func multiplyGated(
  _ product: PanelProduct, _ x: PanelProduct.LeftOperand, _ rows: Range<Int>, _ weights: WeightColumns,
  _ columns: Range<Int>, of n: Int, bias: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
) {
  let rowsAtOnce = min(product.rowsAtOnce, rows.count)
  let group = min(max(32, product.columnsAtOnce / 64 * 32), columns.count)
  let weightCount = weights.scratchCount(group)
  withScratch(2 * (weightCount + rowsAtOnce * group)) { scratch in
    let values = scratch + 2 * weightCount
    let gates = values + rowsAtOnce * group
    for first in stride(from: columns.lowerBound, to: columns.upperBound, by: group) {
      let part = first..<min(first + group, columns.upperBound)
      func multiply(
        _ part: Range<Int>, _ weights: PanelProduct.RightOperand, _ row: Int, _ count: Int,
        into target: UnsafeMutablePointer<Float>
      ) {
        product.multiply(
          m: count, n: part.count, x, from: row, weights,
          startingFrom: bias.map { ($0 + part.lowerBound, 0) }, into: target, group)
      }
      let gatePart = (n + part.lowerBound)..<(n + part.upperBound)
      weights.withRange(part, scratch: scratch) { valueWeights in
        weights.withRange(gatePart, scratch: scratch + weightCount) { gateWeights in
          for row in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsAtOnce) {
            let count = min(rowsAtOnce, rows.upperBound - row)
            multiply(part, valueWeights, row, count, into: values)
            multiply(gatePart, gateWeights, row, count, into: gates)
            ck_geglu(values, gates, group, out + row * n + first, n, count, part.count)
          }
        }
      }
    }
  }
}
