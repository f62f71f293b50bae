import Testing

@testable import Benchmarking

@Suite struct `The time of a large picture` {
  @Test func `grows with its pixels and with their square`() {
    // 2 · pixels + 3 · pixels²
    func rate(_ pixels: Double) -> Double { 2 + 3 * pixels }
    let seconds = TimeEstimate.seconds(100, from: (1, rate(1)), (4, rate(4)))
    #expect(abs(seconds - (200 + 30_000)) < 1e-6)
    // Where the smaller one is slower by the pixel, nothing is known of the square.
    #expect(TimeEstimate.seconds(100, from: (1, 5), (4, 2)) == 200)
    #expect(TimeEstimate.seconds(100, from: (4, 2), (4, 2)) == 200)
  }
}
