import Foundation
import Tensors
import Testing

/// Fixtures: `Tests/Reference/noise.py`.
@Suite struct TorchGeneratorTests {
  struct Fixture: Decodable {
    var cases: [Case]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    var seed: UInt64
    var calls: [Call]
    var testDescription: String {
      "seed \(seed): " + calls.map { "\($0.kind) \($0.count)" }.joined(separator: ", ")
    }
  }

  struct Call: Decodable {
    var kind: String
    var count: Int
    var below: Int?
    var values: [Double]
  }

  static let cases: [Case] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Noise/noise.json")
    guard let data = try? Data(contentsOf: file),
      let fixture = try? JSONDecoder().decode(Fixture.self, from: data)
    else {
      Issue.record("cannot read \(file.path)")
      return []
    }
    return fixture.cases
  }()

  @Test(arguments: cases)
  func `every call draws what torch draws`(_ fixture: Case) {
    var generator = TorchGenerator(seed: fixture.seed)
    for call in fixture.calls {
      if let below = call.below {
        #expect(generator.randint(call.count, below: below) == call.values.map { Int($0) })
      } else {
        let ours = generator.randn(call.count)
        #expect(ours.count == call.values.count)
        let worst = zip(ours, call.values).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(worst <= 1e-6)
      }
    }
  }

  @Test func `the fixture covers both code paths and the redrawn tail`() {
    let counts = Self.cases.flatMap(\.calls).filter { $0.kind == "randn" }.map(\.count)
    #expect(counts.contains { $0 < 16 })
    #expect(counts.contains { $0 >= 16 && $0 % 16 == 0 })
    #expect(counts.contains { $0 > 16 && $0 % 16 != 0 })
  }

  /// The standard's own check value of MT19937 with the default seed.
  @Test func `the ten thousandth draw of seed 5489 is the published one`() {
    var generator = TorchGenerator(seed: 5489)
    for _ in 0..<9999 { _ = generator.next() }
    #expect(generator.next() == 4_123_659_995)
  }
}
