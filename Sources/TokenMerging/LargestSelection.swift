/// Selects the largest of many numbers without sorting them.
extension [Float] {
  /// The indices of the `count` largest numbers, ascending; of equal numbers the first ones.
  func indicesOfLargest(_ count: Int) -> [Int] {
    guard count > 0 else { return [] }
    guard count < self.count else { return Array<Int>(indices) }
    let threshold = nthLargest(count)
    // How many of those equal to the threshold belong to the largest.
    var equals = count - reduce(0) { $1 > threshold ? $0 + 1 : $0 }
    var chosen: [Int] = []
    chosen.reserveCapacity(count)
    for (index, value) in enumerated() {
      if value > threshold {
        chosen.append(index)
      } else if value == threshold, equals > 0 {
        chosen.append(index)
        equals -= 1
      }
    }
    return chosen
  }

  /// The number with `n - 1` larger or equal ones before it in descending order (Hoare 1961, FIND).
  private func nthLargest(_ n: Int) -> Float {
    var values = self
    return values.withUnsafeMutableBufferPointer { values in
      var (low, high) = (0, values.count - 1)
      while low < high {
        // The middle one: similarities come in the order of the picture, which may well be sorted.
        let pivot = values[(low + high) / 2]
        var (i, j) = (low, high)
        while i <= j {
          while values[i] > pivot { i += 1 }
          while values[j] < pivot { j -= 1 }
          if i <= j {
            values.swapAt(i, j)
            i += 1
            j -= 1
          }
        }
        if n - 1 <= j {
          high = j
        } else if n - 1 >= i {
          low = i
        } else {
          break
        }
      }
      return values[n - 1]
    }
  }
}
