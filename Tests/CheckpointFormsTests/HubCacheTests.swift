import CheckpointForms
import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Testing

/// Models by their names, in a Hugging Face cache made for the test.
@Suite struct HubCacheTests {
  private let miniature: Miniature
  private var hub: URL { miniature.place.url.appendingPathComponent("hub") }
  private var model: URL { hub.appendingPathComponent("models--org--name") }
  private var environment: [String: String] { ["HF_HUB_CACHE": hub.path] }
  private static let commits = ["0123456789abcdef", "fedcba9876543210"]

  init() throws { miniature = try Miniature(.sd1) }

  /// As `hf download` leaves it: files are links into a folder of contents.
  private func fill(_ commit: String, reference: String? = "main") throws {
    if !FileManager.default.fileExists(atPath: miniature.folder.path) { try miniature.writeFolder() }
    let (blobs, snapshot) = (
      model.appendingPathComponent("blobs"), model.appendingPathComponent("snapshots/\(commit)")
    )
    for name in FileManager.default.enumerator(atPath: miniature.folder.path)?.compactMap({ $0 as? String })
      ?? []
    {
      let (source, target) = (
        miniature.folder.appendingPathComponent(name), snapshot.appendingPathComponent(name)
      )
      guard !source.hasDirectoryPath,
        (try? source.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
      else { continue }
      let blob = blobs.appendingPathComponent(name.replacing("/", with: "-"))
      for folder in [blobs, target.deletingLastPathComponent()] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      }
      if !FileManager.default.fileExists(atPath: blob.path) {
        try FileManager.default.copyItem(at: source, to: blob)
      }
      try FileManager.default.createSymbolicLink(at: target, withDestinationURL: blob)
    }
    guard let reference else { return }
    let file = model.appendingPathComponent("refs/\(reference)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(commit.utf8).write(to: file)
  }

  private func open(_ name: String) throws -> OpenCheckpoint {
    try miniature.open(CheckpointLocation(path: name), environment: environment)
  }

  @Test func `a name and a revision lead to a snapshot`() throws {
    try fill(Self.commits[0])
    try fill(Self.commits[1], reference: "refs-pr/3")
    let main = try open("org/name")
    #expect(main.name == "org/name" && main.files.path.hasSuffix("snapshots/\(Self.commits[0])"))
    for name in ["org/name@refs-pr/3", "org/name@\(Self.commits[1])", "org/name@fedcba98"] {
      let opened = try open(name)
      #expect(opened.name == name && opened.files.path.hasSuffix(Self.commits[1]))
    }
    #expect(try picture(main.files) == picture(ModelDirectory(miniature.folder)))
    // Any of the variables names the cache, the nearest first.
    for variables in [
      ["HF_HOME": hub.deletingLastPathComponent().path], ["HUGGINGFACE_HUB_CACHE": hub.path],
      ["HF_HUB_CACHE": hub.path, "HF_HOME": "/nowhere"],
    ] {
      #expect(HubCache(environment: variables).root.path == hub.path)
    }
    #expect(HubCache(environment: ["HOME": "/home/me"]).root.path == "/home/me/.cache/huggingface/hub")
    #expect(HubCache(environment: ["XDG_CACHE_HOME": "/caches"]).root.path == "/caches/huggingface/hub")
  }

  @Test func `a single file in the cache is named by its path`() throws {
    let snapshot = model.appendingPathComponent("snapshots/\(Self.commits[0])")
    for folder in [snapshot, model.appendingPathComponent("refs")] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try Data(Self.commits[0].utf8).write(to: model.appendingPathComponent("refs/main"))
    try Data().write(to: snapshot.appendingPathComponent("v1-5.safetensors"))
    let message = try miniature.error(CheckpointLocation(path: "org/name"), environment: environment)
    #expect(message.contains("name the file itself, as in \(snapshot.path)/v1-5.safetensors"))
  }

  @Test func `what is not there comes with the command that fetches it`() throws {
    let location = CheckpointLocation(path: "org/name")
    var message = try miniature.error(location, environment: environment)
    let command =
      "hf download org/name model_index.json 'scheduler/*' 'tokenizer*/*' 'text_encoder*/*.json' "
      + "'text_encoder*/model.safetensors' 'text_encoder*/model-*.safetensors' 'unet/*.json' "
      + "unet/diffusion_pytorch_model.safetensors 'unet/diffusion_pytorch_model-*.safetensors' 'vae/*.json' "
      + "vae/diffusion_pytorch_model.safetensors 'vae/diffusion_pytorch_model-*.safetensors'"
    #expect(message.contains("nor is there such a model in the Hugging Face cache (\(hub.path))"))
    #expect(message.hasSuffix(command), "\(message)")
    message = try miniature.error(
      CheckpointLocation(path: "org/name", variant: "fp16"), environment: environment)
    #expect(message.contains(" unet/diffusion_pytorch_model.fp16.safetensors "))
    try fill(Self.commits[0])
    message = try miniature.error(CheckpointLocation(path: "org/name@v2"), environment: environment)
    #expect(message.contains("no revision v2 of it, only main, \(Self.commits[0])"))
    #expect(message.contains("hf download org/name --revision v2 model_index.json"))
    // A part that was not fetched, or whose contents are gone.
    message = try miniature.error(
      CheckpointLocation(path: "org/name", variant: "fp16"), environment: environment)
    #expect(
      message.contains("/text_encoder/model.fp16.safetensors: no such file; there is model.safetensors"))
    try FileManager.default.removeItem(at: model.appendingPathComponent("blobs/vae-config.json"))
    message = try miniature.error(location, environment: environment)
    #expect(
      message.contains("/vae/config.json: no such file; the Hugging Face cache has a part of org/name only"))
    #expect(message.hasSuffix(command))
    for name in ["org/none/more", "none", "models/none.safetensors"] {
      message = try miniature.error(CheckpointLocation(path: name), environment: environment)
      #expect(
        message.hasSuffix(
          "expected a diffusers folder, a single safetensors file, or org/name in the Hugging Face cache"))
    }
  }
}
