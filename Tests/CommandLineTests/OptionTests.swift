import Foundation
import ReferenceFixtures
import Testing

/// Values that options do not take, each with a sentence of its own.
@Suite struct OptionTests {
  @Test(arguments: [
    // Giant, thin and other impossible sizes.
    ("generate --prompt x --output x.png --size 40000x8", "longer than 32768 pixels"),
    ("generate --prompt x --output x.png --size 9223372036854775807", "longer than 32768 pixels"),
    ("generate --prompt x --output x.png --size 99999999999999999999x8", "longer than 32768 pixels"),
    ("sweep --size 32768x32768", "more than 134217728 pixels"), ("sweep --size 0", "1 pixel or more"),
    ("sweep --size -8x8", "1 pixel or more"), ("sweep --size 8x8x8", "write width and height"),
    ("bench --sizes 0", "1 pixel or more"), ("bench --sizes 64,40000", "longer than 32768"),
    ("bench --sizes 8192 --batches 1000", "at once"), ("doctor --layers --size 0x64", "1 pixel or more"),
    ("doctor --layers --scaling", "--layers and --scaling exclude each other"),
    ("doctor --ratio 0.5", "add --scaling"), ("doctor --layers --rounds 2", "add --scaling"),
    ("doctor --scaling --rounds 0", "1 or more"), ("doctor --scaling --ratio 1.5", "allowed is 0 to 1"),
    ("doctor --scaling --precision fp16", "--scaling knows --precision fp32 and bf16"),
    ("bench --batches 9223372036854775807", "at most 1024"),
    ("bench --rounds 9223372036854775807", "at most"),
    ("bench --repeats 0", "1 or more"), ("sweep --threads 9223372036854775807", "at most 1024"),
    ("generate --prompt x --output x.png --crop 5", "'5' is no corner"),
    ("generate --prompt x --output x.png --crop 5,-1", "'5,-1' is no corner"),
    ("generate --prompt x --output x.png --crop -1,5", "'-1,5' is no corner"),
    ("generate --prompt x --output x.png --crop 5,5", "only those of the Stable Diffusion XL family are"),
    (
      "generate --prompt x --output x.png --original-size 256",
      "only those of the Stable Diffusion XL family are"
    ),
    // Numbers beyond all measure.
    ("sweep --sx 9223372036854775807", "sx is 9223372036854775807, allowed is 1 to 32768"),
    ("sweep --sy 4294967296", "sy is 4294967296"), ("bench --sx 9223372036854775807", "sx is"),
    ("bench --memory-limit 99999999999999999999", "more memory than any machine has"),
    ("bench --memory-limit 9999999999T", "more memory"), ("bench --memory-limit 0", "nothing"),
    ("bench --memory-limit 8Gib2", "as in 8GiB"), ("bench --memory-limit ٣", "as in 8GiB"),
    ("sweep --seeds 18446744073709551616", "at most 18446744073709551615"),
    // Negative numbers as words of their own.
    ("generate --prompt x --output x.png --seed -1", "0 or more, and at most 18446744073709551615"),
    ("verify --seed -1", "torch takes it as 18446744073709551615"),
    ("generate --prompt x --output x.png --ratio -0.1", "ratio is -0.1, allowed is 0 to 1"),
    ("generate --prompt x --output x.png --guidance-scale -3", "guidance scale -3.0"),
    ("sweep --seeds -1,2", "seed -1 is out of range"), ("sweep --ratios -.5", "ratio -0.5 is out of range"),
    ("sweep --limit -2", "--limit must be 1 or more, it is -2"), ("verify --samples -1", "it is -1"),
    // Lists.
    ("sweep --ratios 0-0.7:0.1", "looks like a range; write its values with commas"),
    ("sweep --ratios 0..0.7", "looks like a range"), ("sweep --seeds 0-9", "looks like a range"),
    ("sweep --ratios 0,50%", "'50%' is written as a share of one, as in 0.5"),
    ("sweep --ratios 0,,0.5", "between two commas"), ("sweep --ratios ,0.5", "before the first"),
    ("sweep --ratios ,", "before the first"),
    ("bench --parts unet,all", "'all' is none of unet, vae, text, clip"),
    ("bench --precision fp64", "'fp64' is none of fp32, bf16"),
    (
      "generate --prompt x --output x.png --precision bf16 --matrix-products openblas",
      "--matrix-products openblas multiplies in fp32 alone, and --precision bf16 is bfloat16"
    ),
    ("sweep --precision bf16 --matrix-products openblas", "leave out one of the two"),
    ("bench --precision fp32,bf16 --matrix-products openblas", "leave out one of the two"),
    ("sweep --seeds 1.5", "'1.5' is no whole number"),
  ]) func `are refused before anything is computed`(command: String, words: String) throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run(command.split(separator: " ").map { String($0) }, in: folder.url)
    #expect(result.status == 2 && result.errors.contains(words), "\(command): \(result.errors)")
    #expect(result.output.isEmpty)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0 != "cache" }.isEmpty)
  }

  @Test(arguments: [
    ("swep", "Unexpected argument 'swep'. Did you mean 'sweep'?"),
    ("votes imprt a.json", "2 unexpected arguments: 'imprt', 'a.json'. Did you mean 'import'?"),
    ("submit slrum", "Did you mean 'slurm'?"), ("compar", "Did you mean 'compare'?"),
    // A run's folder is no argument, but everybody tries.
    ("report run", "Unexpected argument 'run'. Did you mean '--output run'?"),
    ("compare --json run", "Did you mean '--output run'?"),
    ("sweep --ratio 0.5", "Did you mean '--ratios'?"),
  ]) func `words that nothing takes are asked about`(command: String, words: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("run"), withIntermediateDirectories: false)
    let result = try Tool.run(command.split(separator: " ").map { String($0) }, in: folder.url)
    #expect(result.status == 2 && result.errors.contains(words), "\(command): \(result.errors)")
    #expect(result.errors.components(separatedBy: "id you mean").count == 2)
    #expect(result.errors.contains("\nUsage: tome-eval "))
  }

  @Test func `words that are near nothing are refused without a question`() throws {
    for command in [["quux"], ["report", "nothing-here"], ["metrics", "."]] {
      let result = try Tool.run(command)
      #expect(result.status == 2 && !result.errors.contains("Did you mean"), "\(result.errors)")
    }
  }

  @Test func `thin pictures, and a comma at the end of a list, are fine`() throws {
    let folder = try TemporaryFolder()
    for (name, size, depth) in [("a", "72x8", "1"), ("b", "512x16", "4"), ("c", "8x8", "8")] {
      let result = try Tool.run(
        [
          "generate", "--prompt", "x", "--steps", "1", "--ratio", "0.5", "--size", size, "--max-downsample",
          depth,
        ]
          + ["--output", "\(name).png"], in: folder.url)
      #expect(result.status == 0, "\(size): \(result.errors)")
    }
    let swept = try Tool.run(
      [
        "sweep", "--limit", "1", "--steps", "1", "--size", "64", "--ratios", "0,0.5,", "--output", "run",
        "--json",
      ],
      in: folder.url)
    #expect(try swept.json()["total"] as? Int == 2)
  }

  @Test func `what a large picture takes is said first`() throws {
    let folder = try TemporaryFolder()
    let announced = try Tool.run(
      ["generate", "--prompt", "x", "--steps", "1", "--size", "512x384", "--output", "x.png"], in: folder.url)
    #expect(
      announced.status == 0 && announced.errors.contains(/512x384: about .* and .* of memory a picture/))
  }
}
