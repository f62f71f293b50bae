import Testing
import Wording

@Suite struct `Numbers are written` {
  @Test func `with fixed decimals and a sign where asked`() {
    #expect(NumberText.fixed(-0.125, 1) == "-0.1")
    #expect(NumberText.fixed(-0.001, 2) == "0.00")
    #expect(NumberText.signed(0.004, 2) == "0.00")
    #expect(NumberText.signed(1.5, 1, minus: .typographic) == "+1.5")
    #expect(NumberText.signed(-1.5, 1, minus: .typographic) == "\u{2212}1.5")
    #expect(NumberText.ratio(0.30) == "0.3")
    #expect(NumberText.ratio(0) == "0")
    #expect(NumberText.ratio(12) == "12")
    #expect(NumberText.seconds(9.876) == "9.88")
    #expect(NumberText.seconds(34.56) == "34.6")
    #expect(NumberText.percent(0.312) == "31 %")
    #expect(NumberText.percent(-0.0125, 1) == "-1.2 %")
  }

  @Test(arguments: [
    (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1.0 KiB"), (204_800, "200 KiB"),
    (5 << 20, "5.0 MiB"), (236 << 20, "236 MiB"), (999 << 20, "999 MiB"), (1000 << 20, "1.0 GiB"),
    (7_838_315_315, "7.3 GiB"), (64 << 30, "64.0 GiB"), (3 << 40, "3072.0 GiB"),
  ]) func `as sizes in binary units`(count: Int, text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test(arguments: [
    (0, "0 s"), (0.2, "1 s"), (59, "59 s"), (60, "1 min"), (252, "4 min 12 s"), (3599.5, "1 h"),
    (7500, "2 h 5 min"), (-3, "0 s"), (.infinity, "0 s"),
  ]) func `as times to wait for`(seconds: Double, text: String) {
    #expect(NumberText.duration(seconds) == text)
  }
}
