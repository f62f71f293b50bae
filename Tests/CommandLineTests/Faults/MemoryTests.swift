import Foundation
import Images
import ReferenceFixtures
import Testing

#if os(Linux)
  /// A process that may have little memory says that it has too little.
  @Suite struct MemoryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// - Parameter limit: as `ulimit` takes it, in KiB
    private func run(_ arguments: [String], _ limit: String) throws -> Tool.Result {
      let result = try RunningTool(
        arguments, in: folder.url, redirections: "", prologue: "ulimit \(limit)",
        environment: ["SWIFT_BACKTRACE": "enable=no"]
      ).finish()
      #expect(result.output.isEmpty)
      return result
    }

    private func generate(_ size: String) -> [String] {
      ["generate", "--prompt", "x", "--steps", "1", "--size", size, "--output", "x.png"]
    }

    /// What a size takes is found out under the limit, too, down to less than a tenth of what finding it out seems to
    /// need.
    @Test(arguments: [12_582_912, 1_048_576, 400_000])
    func `a picture that does not fit is refused, with the largest that does`(kilobytes: Int) throws {
      let refused = try run(generate("8192x8192"), "-d \(kilobytes)")
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.errors.contains(/a picture of 8192x8192 takes about [\d.]+ GiB, and .* can be had/))
      let size = try #require(
        refused.errors.firstMatch(of: /largest of its shape that fits is (\d+)x(\d+)/), "\(refused.errors)")
      let side = try #require(Int(size.1))
      #expect(side % 64 == 0 && (64..<8192).contains(side) && size.1 == size.2)
    }

    @Test func `where addresses are few, that a picture does not fit is all that is known`() throws {
      let refused = try run(generate("4096x4096"), "-v 700000")
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.errors.contains("a picture of 4096x4096 takes "), "\(refused.errors)")
      #expect(refused.errors.contains(" can be had"))
    }

    @Test func `OpenBLAS is refused where there is no room for what it reserves`() throws {
      let refused = try run(
        generate("64x64") + ["--matrix-products", "openblas", "--threads", "2"], "-d 200000")
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.errors.contains("OpenBLAS reserves 128 MiB of addresses for every thread"))
      #expect(refused.errors.contains("or pass --matrix-products builtin"), "\(refused.errors)")
    }

    @Test(arguments: ["-d 60000", "-d 40000"])
    func `memory that ends in the midst of a picture is said`(limit: String) throws {
      for command in [
        generate("256x256"),
        ["sweep", "--limit", "1", "--steps", "1", "--size", "256x256", "--output", "run"],
      ] {
        let ended = try run(command, limit)
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.errors.contains("out of memory: "), "\(ended.errors)")
        #expect(ended.errors.contains("raise the limit (ulimit -d, ulimit -v)"))
      }
      #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("x.png").path))
    }

    /// Two pictures of 12 MiB each: what is measured between them takes rows, not pictures (with planes of the whole
    /// picture it did not end below 120 000 KiB).
    @Test func `where pictures differ is measured in little memory`() throws {
      for (name, shift) in [("a", 0), ("b", 40)] {
        let pixels = (0..<2048 * 2048 * 3).map { index -> UInt8 in
          let column = index / 3 % 2048
          return UInt8((column / 8 + shift) % 256)
        }
        let picture = try PNGCodec.encode(RGBImage(width: 2048, height: 2048, pixels: pixels))
        try Data(picture).write(to: folder.url.appendingPathComponent("\(name).png"))
      }
      try Data("path,prompt,seed,ratio,steps\na.png,x,1,0,20\nb.png,x,1,0.5,20\n".utf8)
        .write(to: folder.url.appendingPathComponent("manifest.csv"))
      let measured = try RunningTool(
        ["import", "manifest.csv", "--output", "run"], in: folder.url, redirections: "",
        prologue: "ulimit -d 100000"
      ).finish()
      #expect(measured.status == 0, "\(measured)")
      #expect(measured.errors.contains("2 of 2 pictures taken"), "\(measured)")
      #expect(
        FileManager.default.fileExists(
          atPath: folder.url.appendingPathComponent("run/differences").path))
    }
  }
#endif
