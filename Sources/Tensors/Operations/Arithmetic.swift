import CKernels

extension Tensor {
  package static func + (a: Tensor, b: Tensor) -> Tensor { combine(a, b, ck_add) }
  package static func - (a: Tensor, b: Tensor) -> Tensor { combine(a, b, ck_subtract) }
  package static func * (a: Tensor, factor: Float) -> Tensor {
    a.mappedRows { ck_scale($0, factor, $1, $2 * a.shape.last) }
  }

  private static func combine(
    _ a: Tensor, _ b: Tensor,
    _ kernel: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
  ) -> Tensor {
    precondition(a.shape == b.shape, "shapes differ: \(a.shape) and \(b.shape)")
    return TimeSplit.measure(.elementwise) {
      a.withUnsafeBuffer { left in
        b.withUnsafeBuffer { right in
          Tensor(uninitialized: a.shape) { out in
            guard let left = left.baseAddress, let right = right.baseAddress, let out = out.baseAddress else {
              return
            }
            Parallel.forEachChunk(of: a.count, size: 65536) { part in
              kernel(left + part.lowerBound, right + part.lowerBound, out + part.lowerBound, part.count)
            }
          }
        }
      }
    }
  }

  /// Adds `rows[b]` to every position of image `b`: `[batch, ..., n] + [batch, n]`.
  package func addingToEveryPosition(_ rows: Tensor) -> Tensor {
    let (batch, n) = (shape[0], shape.last)
    precondition(rows.shape == [batch, n], "adding \(rows.shape) to every position of \(shape)")
    let positions = count / max(batch * n, 1)
    return TimeSplit.measure(.elementwise) {
      withUnsafeBuffer { source in
        rows.withUnsafeBuffer { rows in
          Tensor(uninitialized: shape) { out in
            guard let source = source.baseAddress, let rows = rows.baseAddress, let out = out.baseAddress
            else {
              return
            }
            let block = max(1, 65536 / max(n, 1))
            let blocks = (positions + block - 1) / block
            Parallel.forEach(batch * blocks) { index in
              let (image, part) = index.quotientAndRemainder(dividingBy: blocks)
              let offset = (image * positions + part * block) * n
              ck_add_to_rows(
                source + offset, rows + image * n, out + offset, min(block, positions - part * block), n, n)
            }
          }
        }
      }
    }
  }

  /// The images of a batch over and over, until there are `batch`: `[n, ...]` → `[batch, ...]`.
  package func repeated(to batch: Int) -> Tensor {
    let images = shape[0]
    guard batch != images else { return self }
    precondition(images > 0 && batch % images == 0, "repeating \(shape) to a batch of \(batch)")
    return TimeSplit.measure(.elementwise) {
      withUnsafeBuffer { source in
        Tensor(uninitialized: Shape([batch] + shape.dimensions.dropFirst())) { out in
          guard let source = source.baseAddress, let out = out.baseAddress else { return }
          Parallel.forEachChunk(of: count, size: 65536) { part in
            for start in stride(from: part.lowerBound, to: batch / images * count, by: count) {
              ck_copy(source + part.lowerBound, out + start, part.count * MemoryLayout<Float>.size)
            }
          }
        }
      }
    }
  }

  /// Joins two maps along the last axis: `[..., a]`, `[..., b]` → `[..., a + b]`.
  package static func concatenatingChannels(_ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(
      a.shape.dimensions.dropLast() == b.shape.dimensions.dropLast(),
      "cannot join channels of \(a.shape) and \(b.shape)")
    let (left, right) = (a.shape.last, b.shape.last)
    return TimeSplit.measure(.elementwise) {
      a.withUnsafeBuffer { first in
        b.withUnsafeBuffer { second in
          Tensor(uninitialized: Shape(a.shape.dimensions.dropLast() + [left + right])) { out in
            guard let first = first.baseAddress, let second = second.baseAddress, let out = out.baseAddress
            else { return }
            Parallel.forEachChunk(of: a.shape.rows, size: max(1, 65536 / max(left + right, 1))) { rows in
              for row in rows {
                let target = out + row * (left + right)
                ck_copy(first + row * left, target, left * MemoryLayout<Float>.size)
                ck_copy(second + row * right, target + left, right * MemoryLayout<Float>.size)
              }
            }
          }
        }
      }
    }
  }

  /// Nearest-neighbour resampling of `[batch, h, w, c]` to `[batch, height, width, c]`,
  /// source index `⌊i · h / height⌋` as torch's `interpolate(mode="nearest")`.
  package func upsampledNearest(height: Int, width: Int) -> Tensor {
    precondition(shape.rank == 4 && height > 0 && width > 0, "upsampling \(shape) to \(height)×\(width)")
    let (batch, h, w, channels) = (shape[0], shape[1], shape[2], shape[3])
    return TimeSplit.measure(.resampling) {
      withUnsafeBuffer { source in
        Tensor(uninitialized: [batch, height, width, channels]) { out in
          guard let source = source.baseAddress, let out = out.baseAddress else { return }
          Parallel.forEachChunk(of: batch * height, size: max(1, 65536 / max(width * channels, 1))) { rows in
            for row in rows {
              let from = source + (row / height * h + row % height * h / height) * w * channels
              let target = out + row * width * channels
              for column in 0..<width {
                (target + column * channels).update(
                  from: from + column * w / width * channels, count: channels)
              }
            }
          }
        }
      }
    }
  }
}
