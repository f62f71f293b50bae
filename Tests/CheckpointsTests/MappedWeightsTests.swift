import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import Checkpoints

/// What of a file's pages stays in memory.
@Suite struct MappedWeightsTests {
  #if os(Linux)
    /// Of the mapping of the file, in KiB.
    private func residentKiB(_ path: String) throws -> Int {
      // Of such a file, whose size is 0, Foundation reads the beginning alone when it is asked for its contents.
      let data = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/smaps")).readToEnd()
      let lines = String(decoding: try #require(data), as: UTF8.self).split(separator: "\n")
      let mapping = try #require(lines.firstIndex { $0.hasSuffix(path) })
      let field = try #require(lines[mapping...].first { $0.hasPrefix("Rss:") })
      return try #require(field.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test(arguments: SafetensorsWriter.ElementType.allCases)
    func `a weight's pages are given back for its columns in bfloat16`(
      type: SafetensorsWriter.ElementType
    ) throws {
      let folder = try TemporaryFolder()
      let url = folder.url.appendingPathComponent("model.safetensors")
      let weight = SyntheticTensor(shape: [1024, 1024]).tensor(named: "w")
      try SafetensorsWriter.write([("w", weight)], type: type, to: url)
      let file = try SafetensorsFile(url)
      let stored = try file.stored("w", [1024, 1024])
      let own = StoredTensor(Tensor(stored.widened().values, shape: weight.shape))
      let size = (type == .f32 ? 4 : 2) << 10
      #expect(try residentKiB(url.path) >= size - 64)

      let x = SyntheticTensor(shape: [3, 1024]).tensor(named: "x")
      let expected = linear(x, weight: own, precision: .bf16).values
      #expect(linear(x, weight: stored, precision: .bf16).values == expected)
      #expect(try residentKiB(url.path) <= 128)
      #expect(linear(x, weight: stored, precision: .bf16).values == expected)
      #expect(try residentKiB(url.path) <= 128)
      // They can be read again.
      #expect(linear(x, weight: stored).values == linear(x, weight: own).values)
    }

    @Test func `a file that was read for its digests is not kept in memory`() throws {
      let folder = try TemporaryFolder()
      let url = folder.url.appendingPathComponent("model.safetensors")
      let weight = SyntheticTensor(shape: [1 << 20]).tensor(named: "w")
      try SafetensorsWriter.write([("w", weight)], type: .f32, to: url)
      let mapping = try FileMapping(path: url.path)
      let digests = mapping.digests()
      #expect(try residentKiB(url.path) <= 128)
      #expect(mapping.digests() == digests)
    }
  #endif
}
