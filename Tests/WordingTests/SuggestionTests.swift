import Testing
import Wording

@Suite struct `A suggestion` {
  private static let scores = ["clip_score", "clip_image", "ssim", "ms_ssim", "psnr", "mae", "rmse", "lpips"]

  @Test(arguments: [
    ("sim", "ssim"), ("SSIM", "ssim"), ("pnsr", "psnr"), ("lpip", "lpips"), ("clip_scor", "clip_score"),
    ("rmsse", "rmse"),
  ])
  func `is the nearest word`(word: String, expected: String) {
    #expect(Suggestion.nearest(to: word, among: Self.scores) == expected)
    #expect(Suggestion.phrase(for: word, among: Self.scores) == "; did you mean '\(expected)'?")
  }

  @Test(arguments: ["", "clip", "clip_", "fid", "banana", "x"])
  func `is nothing where no word, or more than one, is near`(word: String) {
    #expect(Suggestion.nearest(to: word, among: Self.scores) == nil)
    #expect(Suggestion.phrase(for: word, among: Self.scores).isEmpty)
  }

  @Test func `lines are broken at spaces, and words stay whole`() {
    #expect(wrapped("a bb ccc dddd", width: 6) == "a bb\n  ccc\n  dddd")
    #expect(wrapped("a bb ccc dddd", width: nil) == "a bb ccc dddd")
    #expect(wrapped("incomprehensible x", width: 5) == "incomprehensible\n  x")
    #expect(wrapped("a  b\n\nc d e f", width: 5) == "a  b\n\nc d e\n  f")
  }
}
