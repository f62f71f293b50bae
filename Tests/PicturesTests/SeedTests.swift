import Foundation
import Pictures
import Testing

@Suite struct SeedTests {
  @Test func `a seed is written as torch says it, and read again`() {
    for (number, text) in [
      (Int64(0), "0"), (7, "7"), (.max, "9223372036854775807"), (.min, "9223372036854775808"),
      (-1, "18446744073709551615"),
    ] {
      let seed = Seed(likeTorch: number)
      #expect("\(seed)" == text && Seed(text) == seed)
    }
    for text in ["-1", "18446744073709551616", "", "1.5", "0x1", " 1"] {
      #expect(Seed(text) == nil, "\(text)")
    }
  }

  @Test func `its JSON is a number, whole and with no sign`() throws {
    let seeds: [Seed] = [0, 9_007_199_254_740_993, 9_223_372_036_854_775_808, 18_446_744_073_709_551_615]
    let json = String(decoding: try JSONEncoder().encode(seeds), as: UTF8.self)
    #expect(json == "[0,9007199254740993,9223372036854775808,18446744073709551615]")
    #expect(try JSONDecoder().decode([Seed].self, from: Data(json.utf8)) == seeds)
    for wrong in ["[-1]", "[18446744073709551616]", "[1.5]", "[\"1\"]"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode([Seed].self, from: Data(wrong.utf8)) }
    }
  }
}
