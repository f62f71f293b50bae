import Testing

@testable import Tensors

@Suite struct BufferPoolTests {
  @Test func `the smallest free part is cut, and neighbours are joined`() {
    var segments = MemorySegments()
    #expect(segments.take(1) == nil)
    segments.add(at: 1000, bytes: 100)
    #expect(segments.take(1) == nil)
    segments.give(1000)
    #expect(segments.take(40) == 1000)
    #expect(segments.take(30) == 1040)
    segments.give(1000)
    // Free are 40 bytes from 1000 on and 30 from 1070 on.
    #expect(segments.take(41) == nil)
    #expect(segments.take(30) == 1070)
    segments.give(1040)
    #expect(segments.take(70) == 1000)
    #expect(segments.removeIdle(upTo: .max).isEmpty && segments.bytes == 100)
    segments.give(1070)
    segments.give(1000)
    #expect(segments.removeIdle(upTo: .max).map(\.bytes) == [100] && segments.bytes == 0)
  }

  @Test func `segments stay apart, and as many as are needed are given back`() {
    var segments = MemorySegments()
    for (start, bytes) in [(0, 100), (100, 200), (300, 50)] {
      segments.add(at: start, bytes: bytes)
      segments.give(start)
    }
    #expect(segments.take(250) == nil)
    #expect(segments.take(10) == 300)
    // Of what is idle as a whole: the one that begins at 300 is not.
    #expect(segments.removeIdle(upTo: 50).map(\.start) == [0] && segments.bytes == 250)
    #expect(segments.removeIdle(upTo: 300).map(\.start) == [100] && segments.bytes == 50)
    segments.give(300)
    #expect(segments.removeIdle(upTo: 1).map(\.start) == [300] && segments.bytes == 0)
  }

  @Test func `parts that are taken never share a byte, and nothing is lost`() {
    var segments = MemorySegments()
    var taken: [(start: Int, bytes: Int)] = []
    var (state, end) = (UInt64(1), 0)
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<2000 {
      if taken.count > 20 || (!taken.isEmpty && random(2) == 0) {
        segments.give(taken.remove(at: random(taken.count)).start)
        continue
      }
      let bytes = 1 + random(1000)
      let part = segments.take(bytes) ?? end
      if part == end {
        segments.add(at: end, bytes: bytes)
        end += bytes
      }
      #expect(taken.allSatisfy { $0.start + $0.bytes <= part || part + bytes <= $0.start })
      taken.append((part, bytes))
    }
    for part in taken { segments.give(part.start) }
    #expect(segments.bytes == end)
    #expect(segments.removeIdle(upTo: .max).reduce(0) { $0 + $1.bytes } == end && segments.bytes == 0)
  }

  private static let mebi = (1 << 20) / MemoryLayout<Float>.size

  @Test func `buffers of other sizes use the same memory, and what is held stays what is used at once`() {
    let pool = BufferPool()
    pool.give(pool.take(4 * Self.mebi))
    let halves = (0..<2).map { _ in pool.take(2 * Self.mebi) }
    for half in halves {
      half.update(repeating: 1)
      pool.give(half)
    }
    #expect(pool.peakBytes == 4 << 20)
    // What is idle makes room for what is larger.
    pool.give(pool.take(6 * Self.mebi))
    #expect(pool.peakBytes == 6 << 20)
    // Of a size class of small ones, a second one only where the first is in use.
    let small = pool.take(100)
    pool.give(small)
    let other = pool.take(97)
    #expect(other.baseAddress == small.baseAddress && pool.peakBytes == (6 << 20) + 448)
    pool.give(other)
    pool.drain()
    pool.resetPeak()
    #expect(pool.peakBytes == 0)
  }

  @Test func `a rehearsal takes what all threads would take at once, and no more the next time`() {
    let pool = BufferPool()
    for _ in 0..<2 {
      Rehearsal.run {
        let shared = pool.take(Self.mebi)
        Rehearsal.runPart(workers: 3) {
          for _ in 0..<2 { pool.give(pool.take(Self.mebi)) }
        }
        pool.give(shared)
      }
      #expect(pool.peakBytes == 4 << 20)
    }
    pool.drain()
    pool.resetPeak()
    #expect(pool.peakBytes == 0)
  }

  @Test func `what a computation draws is what its rehearsal said`() {
    let pool = BufferPool()
    func compute() {
      var kept: [UnsafeMutableBufferPointer<Float>] = []
      for step in 0..<12 {
        let next = pool.take(Self.mebi * (1 + step * 5 % 7) + step)
        if step % 3 == 2 {
          for _ in 0..<2 { pool.give(kept.removeFirst()) }
        }
        kept.append(next)
      }
      kept.forEach(pool.give)
    }
    Rehearsal.run { compute() }
    let rehearsed = pool.peakBytes
    pool.drain()
    pool.resetPeak()
    compute()
    #expect(pool.peakBytes == rehearsed && rehearsed > 0)
    pool.drain()
  }
}
