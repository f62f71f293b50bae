import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Weights in several files, and which of several files are taken.
@Suite struct ShardedTensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let index = "model.safetensors.index.json"
  private static let first = "model-00001-of-00002.safetensors"
  private static let second = "model-00002-of-00002.safetensors"

  private func write(_ name: String, _ values: [String: Float]) throws {
    try SafetensorsWriter.write(
      values.mapValues { Tensor([$0], shape: [1]) }, to: folder.url.appendingPathComponent(name))
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
  }

  private func writeIndex(_ map: [String: String]) throws {
    let json = try JSONSerialization.data(withJSONObject: ["metadata": ["total_size": 8], "weight_map": map])
    try write(Self.index, String(decoding: json, as: UTF8.self))
  }

  /// Two files with three tensors.
  private func writeAll() throws {
    try write(Self.first, ["a": 1, "b": 2])
    try write(Self.second, ["c": 3])
    try writeIndex(["a": Self.first, "b": Self.first, "c": Self.second])
  }

  private func open(variant: String? = nil) throws -> any TensorSource {
    try ModelDirectory(folder.url, variant: variant).tensors()
  }

  private func value(_ tensors: any TensorSource, _ key: String) throws -> Float {
    try tensors.stored(key, [1]).widened().values[0]
  }

  @Test func `tensors of several files are one model's`() throws {
    try writeAll()
    let tensors = try open()
    #expect(tensors.keys.sorted() == ["a", "b", "c"] && tensors.weightCount == 3)
    #expect(try ["a", "b", "c"].map { try value(tensors, $0) } == [1, 2, 3])
    #expect(tensors.shape(of: "c") == [1] && tensors.shape(of: "d") == nil)
    #expect(tensors.path == folder.url.appendingPathComponent(Self.index).path)
    #expect(throws: CheckpointError.missingTensor(path: tensors.path, key: "d", expected: [1])) {
      try tensors.stored("d", [1])
    }
    #expect(
      throws: CheckpointError.wrongShape(
        path: folder.url.appendingPathComponent(Self.second).path, key: "c", expected: [2], found: [1])
    ) { try tensors.stored("c", [2]) }
  }

  @Test func `index and files must agree`() throws {
    func expect(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
      let message = try #require(throws: CheckpointError.self) { try open() }.description
      #expect(words.allSatisfy(message.contains), "\(message)", sourceLocation: sourceLocation)
    }
    try writeAll()
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(Self.second))
    try expect("/\(Self.second): no such file", "\(Self.index) has 1 of its tensors there, the first is 'c'")
    try write(Self.second, ["other": 3])
    try expect("'weight_map.c': is said to be in \(Self.second), which has no such tensor")
    try write(Self.second, ["c": 3, "d": 4])
    try expect("'weight_map.d': is not stated, but \(Self.second) has such a tensor")
    try write(Self.second, ["c": 3, "a": 4])
    try expect("'weight_map.a': is said to be in \(Self.first), but \(Self.second) has such a tensor")
    for (map, words) in [
      (["a": "../other.safetensors"], "expected a safetensors file of the same folder"),
      (["a": "pytorch_model-00001-of-00002.bin"], "a pickle"), ([:], "'weight_map': is missing or empty"),
    ] {
      try writeIndex(map)
      try expect(words)
    }
    try write(Self.index, #"{"weight_map": {"a": 1}}"#)
    try expect("'weight_map.a': is 1, expected a text")
    try write(Self.index, "[]")
    try expect(Self.index)
  }

  @Test func `a fingerprint is of the index and of all files`() throws {
    try writeAll()
    func fingerprint() throws -> String {
      let files = LoadedFiles(try ModelDirectory(folder.url))
      _ = try files.tensors()
      return try files.fingerprint
    }
    let whole = try fingerprint()
    #expect(try fingerprint() == whole)
    try write(Self.second, ["c": 4])
    let other = try fingerprint()
    #expect(other != whole)
    try write("unused.safetensors", ["d": 5])
    #expect(try fingerprint() == other)
  }

  @Test func `of several files the first is taken, or the variant that is asked for`() throws {
    let names = [
      "model.fp16.safetensors.index.json", "model.safetensors.index.fp16.json", "model.fp16.safetensors",
      Self.index, "model.safetensors", "diffusion_pytorch_model.non_ema.safetensors",
      "diffusion_pytorch_model.bf16.safetensors", "diffusion_pytorch_model.fp16.safetensors",
      "diffusion_pytorch_model.safetensors",
    ]
    let directory = try ModelDirectory(folder.url)
    #expect(throws: CheckpointError.self) { try directory.weightsName() }
    for name in names {
      try write(name, "{}")
      #expect(try directory.weightsName() == name)
    }
    func chosen(_ variant: String) throws -> String {
      try ModelDirectory(folder.url, variant: variant).weightsName()
    }
    #expect(try chosen("fp16") == "diffusion_pytorch_model.fp16.safetensors")
    #expect(try chosen("non_ema") == "diffusion_pytorch_model.non_ema.safetensors")
    let error = try #require(throws: CheckpointError.self) { try chosen("fp8") }
    #expect(
      error.description.contains(
        "/diffusion_pytorch_model.fp8.safetensors: no such file; there is diffusion_pytorch"))
    // Parts take it over.
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("unet"), withIntermediateDirectories: true)
    #expect(try ModelDirectory(folder.url, variant: "fp16").component("unet").variant == "fp16")
  }

  @Test func `a sharded variant is read like any other`() throws {
    let name = "model-00001-of-00001.fp16.safetensors"
    try write(name, ["a": 7])
    try write("model.safetensors.index.fp16.json", "{\"weight_map\": {\"a\": \"\(name)\"}}")
    #expect(try value(open(), "a") == 7)
    #expect(try value(open(variant: "fp16"), "a") == 7)
    #expect(throws: CheckpointError.self) { try open(variant: "bf16") }
  }
}
