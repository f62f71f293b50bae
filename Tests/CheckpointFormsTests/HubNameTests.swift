import Testing

@testable import CheckpointForms

/// Names of models on the Hugging Face Hub.
@Suite struct HubNameTests {
  @Test func `a name has an owner, a model and perhaps a revision`() throws {
    let plain = try #require(HubName("org/name-1.5"))
    #expect(
      plain.repository == "org/name-1.5" && plain.revision == nil && plain.folder == "models--org--name-1.5")
    let pull = try #require(HubName("org/name@refs/pr/3"))
    #expect(pull.revision == "refs/pr/3" && "\(pull)" == "org/name@refs/pr/3")
    #expect(pull.download(["a.json", "vae/*"]) == "hf download org/name --revision refs/pr/3 a.json 'vae/*'")
  }

  @Test(arguments: [
    "name", "/org/name", "org/", "org/name/more", "./name", "../name", "org/..", "org/name@", "org/name@../x",
    "org/name@a//b", "org/na me", "~/name", "",
  ])
  func `what is no name`(text: String) { #expect(HubName(text) == nil) }
}
