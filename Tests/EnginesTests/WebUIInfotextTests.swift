import Pictures
import Testing
import TokenMerging

@testable import Engines

@Suite struct WebUIInfotextTests {
  private let recipe = PictureRecipe(
    model: ModelReference(fingerprint: "m"),
    sampling: Sampling(
      steps: 20, guidanceScale: 7, width: 512, height: 768, scheduler: "dpmsolver++-karras",
      attention: .unknown,
      precision: .unknown), merging: MergingOptions(ratio: 0.5, variant: .webui).inForce)

  private func contradictions(_ line: String, merged: Bool = true) -> [String] {
    var recipe = recipe
    if !merged { recipe.merging = nil }
    return WebUIInfotext.contradictions(
      Infotext(parsing: "a cube\n\(line)"), PictureRequest(recipe, prompt: "a cube", seed: 7),
      modelHash: "6ce0161689", AUTOMATIC1111())
  }

  private static let good =
    "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.0, Seed: 7, Size: 512x768, Model hash: "
    + "6ce0161689, Model: v1-5, Token merging ratio: 0.5, Version: v1.10.1"

  @Test func `a picture that is what was asked for is taken`() {
    #expect(contradictions(Self.good).isEmpty)
    // As before there were schedule types.
    #expect(
      contradictions(Self.good.replacing("DPM++ 2M, Schedule type: Karras", with: "DPM++ 2M Karras")).isEmpty)
    // It says nothing of a ratio of 0, and need not tell the model.
    #expect(
      contradictions(
        Self.good.replacing(", Token merging ratio: 0.5", with: "").replacing(
          "Model hash: 6ce0161689, ", with: ""),
        merged: false
      ).isEmpty)
  }

  @Test(arguments: [
    ("Steps: 20", "Steps: 19", "steps 19, not 20"), ("Seed: 7", "Seed: 8", "seed 8, not 7"),
    ("Karras", "Exponential", "scheduler dpmsolver++-exponential, not dpmsolver++-karras"),
    ("DPM++ 2M", "Restart", "scheduler Restart Karras, not dpmsolver++-karras"),
    ("CFG scale: 7.0", "CFG scale: 6", "guidance_scale 6, not 7"),
    ("512x768", "512x512", "size 512x512, not 512x768"), ("ratio: 0.5", "ratio: 0.4", "ratio 0.4, not 0.5"),
    (", Token merging ratio: 0.5", "", "ratio 0, not 0.5"),
    ("6ce0161689", "cc6cb27103", "model hash cc6cb27103, not 6ce0161689"),
    ("Seed: 7, ", "", "seed unknown, not 7"),
  ]) func `a picture of other settings is named by them`(part: String, other: String, sentence: String) {
    #expect(contradictions(Self.good.replacing(part, with: other)) == [sentence])
  }

  @Test func `a baseline that was merged after all is noticed`() {
    #expect(contradictions(Self.good, merged: false) == ["ratio 0.5, not 0"])
  }
}
