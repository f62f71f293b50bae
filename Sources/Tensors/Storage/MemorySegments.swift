/// Which parts of some pieces of memory, the segments, are taken. Numbers only: who draws segments from the system, and
/// gives them back, does so by what this says.
///
/// Of the free parts the smallest that is large enough is cut (best fit; Knuth, The Art of Computer Programming,
/// volume 1, section 2.5), and parts that lie side by side in a segment are joined when both are free: buffers of
/// any sizes use the same memory one after the other.
struct MemorySegments {
  private struct Part {
    /// Its segment, as they were added.
    let segment: Int
    let start: Int
    let bytes: Int
    var end: Int { start + bytes }
  }

  private var sizes: [Int: Int] = [:]
  private var next = 0
  /// By rising size, then by place: which segment's, not at which address, so that equal requests are met in equal ways.
  private var free: [Part] = []
  private var taken: [Int: Part] = [:]

  /// Bytes of all segments.
  private(set) var bytes = 0

  /// The start of a free part that now is taken; nil where none is large enough.
  mutating func take(_ bytes: Int) -> Int? {
    guard let index = free.firstIndex(where: { $0.bytes >= bytes }) else { return nil }
    let part = free.remove(at: index)
    taken[part.start] = Part(segment: part.segment, start: part.start, bytes: bytes)
    if part.bytes > bytes {
      insert(Part(segment: part.segment, start: part.start + bytes, bytes: part.bytes - bytes))
    }
    return part.start
  }

  /// A new segment, all of which is taken.
  mutating func add(at start: Int, bytes: Int) {
    sizes[next] = bytes
    taken[start] = Part(segment: next, start: start, bytes: bytes)
    next += 1
    self.bytes += bytes
  }

  /// - Precondition: `start` is that of a part that is taken.
  mutating func give(_ start: Int) {
    guard let part = taken.removeValue(forKey: start) else {
      preconditionFailure("no buffer of the pool starts at \(start)")
    }
    var (start, end) = (part.start, part.end)
    free.removeAll { other in
      guard other.segment == part.segment, other.end == part.start || other.start == part.end else {
        return false
      }
      (start, end) = (min(start, other.start), max(end, other.end))
      return true
    }
    insert(Part(segment: part.segment, start: start, bytes: end - start))
  }

  /// Forgets segments that are free as a whole, the smallest first, until they come to `bytes`.
  /// - Returns: where they start, and their bytes
  mutating func removeIdle(upTo bytes: Int) -> [(start: Int, bytes: Int)] {
    var removed: [(start: Int, bytes: Int)] = []
    var sum = 0
    var rest: [Part] = []
    for part in free {
      if sum < bytes, sizes[part.segment] == part.bytes {
        removed.append((part.start, part.bytes))
        sum += part.bytes
        sizes[part.segment] = nil
      } else {
        rest.append(part)
      }
    }
    free = rest
    self.bytes -= sum
    return removed
  }

  private mutating func insert(_ part: Part) {
    func place(_ part: Part) -> (Int, Int, Int) { (part.bytes, part.segment, part.start) }
    let index = free.firstIndex { place($0) > place(part) } ?? free.endIndex
    free.insert(part, at: index)
  }
}
