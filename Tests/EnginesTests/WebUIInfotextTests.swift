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

  private func contradictions(
    _ line: String, merged: Bool = true, _ dialect: any WebUIDialect = AUTOMATIC1111()
  ) -> [String] {
    var recipe = recipe
    if !merged { recipe.merging = nil }
    return WebUIInfotext.contradictions(
      Infotext(parsing: "a cube\n\(line)"), PictureRequest(recipe, prompt: "a cube", seed: 7),
      modelHash: "6ce0161689", dialect)
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

  private static let ofSDNext =
    "Steps: 20, Size: 512x768, Sampler: DPM++ 2M, Seed: 7, CFG scale: 7.0, App: SD.Next, Version: 0eb4a98, Parser: "
    + "fixed, Pipeline: StableDiffusionPipeline, Operations: txt2img, Model: v1-5, Model hash: 6ce0161689, ToMe: 0.5, "
    + "Sampler sigma: karras"

  @Test func `SD.Next's words for the same are understood`() {
    #expect(contradictions(Self.ofSDNext, SDNext()).isEmpty)
    let unmerged = Self.ofSDNext.replacing("ToMe: 0.5, ", with: "")
    #expect(contradictions(unmerged, merged: false, SDNext()).isEmpty)
    #expect(contradictions(unmerged, SDNext()) == ["ratio 0, not 0.5"])
    // A short hash of another kind is no other checkpoint.
    #expect(contradictions(Self.ofSDNext.replacing("6ce0161689", with: "81761151"), SDNext()).isEmpty)
  }

  @Test(arguments: [
    ("Steps: 20", "Steps: 19", "steps 19, not 20"),
    (", Sampler sigma: karras", "", "scheduler dpmsolver++, not dpmsolver++-karras"),
    ("karras", "betas", "scheduler dpmsolver++-beta, not dpmsolver++-karras"),
    ("DPM++ 2M", "DPM++ 3M", "scheduler DPM++ 3M karras, not dpmsolver++-karras"),
    ("ToMe: 0.5", "ToMe: 0.4", "ratio 0.4, not 0.5"),
    ("ToMe: 0.5", "ToMe: 0.5, ToDo: 0.5", "ToDo 0.5, not off"),
    ("Parser: fixed, ", "", "prompt_attention native, not fixed"),
    ("6ce0161689", "cc6cb27103", "model hash cc6cb27103, not 6ce0161689"),
  ]) func `a picture of SD.Next with other settings is named by them`(
    part: String, other: String, sentence: String
  ) {
    #expect(contradictions(Self.ofSDNext.replacing(part, with: other), SDNext()) == [sentence])
  }
}
