import Checkpoints
import Foundation
import Testing

/// One description a field: what it may be decides what is refused and what the sentence says.
@Suite struct ConfigurationFieldsTests {
  private func fields(_ json: String) throws -> ConfigurationFields {
    try SyntheticFolder(
      path: "model", files: ["config.json": Data(json.utf8)], tensors: RandomTensors(seed: 0)
    ).fields(of: "config.json")
  }

  private func message(_ json: String, _ read: (ConfigurationFields) throws -> Void) throws -> String {
    let fields = try fields(json)
    return try #require(throws: CheckpointError.self) { try read(fields) }.description
  }

  @Test(arguments: [
    "-1", "0", "2.5", "2305843009213693952", "9223372036854775807", "1e300", "Infinity", "-Infinity",
  ])
  func `a number out of range is told its range`(value: String) throws {
    let message = try message("{\"layers\": \(value)}") { _ = try $0.whole("layers", .layers) }
    #expect(message.hasPrefix("model/config.json: 'layers': is "))
    #expect(message.hasSuffix("expected layers, a whole number from 1 to 1000"))
  }

  @Test(arguments: ["[]", "[1]", "[1, 2, 3]", "[1, -2]", "\"2\"", "{}", "true"])
  func `so is a list, as a whole`(value: String) throws {
    let message = try message("{\"size\": \(value)}") { _ = try $0.perLevel("size", .pixels, count: 2...2) }
    #expect(message.contains("'size': is \(value)"))
    #expect(message.contains("or a list of 2 of them"))
  }

  @Test func `other kinds of values are told what is expected`() throws {
    #expect(try message(#"{"a": 1}"#) { _ = try $0.flag("a") }.hasSuffix("is 1, expected true or false"))
    #expect(try message(#"{"a": [1]}"#) { _ = try $0.text("a") }.hasSuffix("is [1], expected a text"))
    #expect(try message(#"{"a": 0}"#) { _ = try $0.number("a", .factor) }.contains("a factor from 1e-09 to"))
    #expect(try message(#"{"a": 0}"#) { _ = try $0.object("a") }.hasSuffix("is 0, expected an object"))
    let long = "[" + Array(repeating: "1", count: 5000).joined(separator: ",") + "]"
    #expect(try message("{\"a\": \(long)}") { _ = try $0.text("a") }.count < 200)
  }

  @Test func `absent and null are nil, and told apart where that matters`() throws {
    let fields = try fields(#"{"a": null, "b": 2, "c": {"d": 3}}"#)
    #expect(try fields.whole("a", .layers) == nil && fields.whole("x", .layers) == nil)
    #expect(fields.states("a") && !fields.states("x"))
    #expect(try fields.whole("b", .layers) == 2)
    let inner = try #require(try fields.object("c"))
    #expect(inner.error("d", "x").description == "model/config.json: 'c.d': x")
  }

  @Test func `a field that nobody knows is named, unless it is null or a note`() throws {
    let json = #"{"a": 1, "_note": "x", "new": null, "dropout": 0.1, "z_twist": true}"#
    func read(_ fields: ConfigurationFields, known: Set<String>) throws {
      _ = try fields.whole("a", .layers)
      try fields.requireAllKnown(withoutEffect: known)
    }
    try read(fields(json), known: ["dropout", "z_twist"])
    let message = try message(json) { try read($0, known: ["dropout"]) }
    #expect(message.contains("'z_twist': is not known here"))
  }

  @Test(arguments: [
    "", "{", "[1, 2]", "{\"a\": }", "null", "\u{0}", "{\"a\": 1e999}", "{a: 1}", "{é", "{\"a\": -Infinit",
    "{\"a\" Infinity", "{\"a\": NaN}", "{'a': 1}", "{\"a\": Infinity\u{FFFF}",
  ])
  func `what is no object of JSON is said so without names of types`(json: String) throws {
    let error = try #require(throws: CheckpointError.self) { try fields(json) }
    #expect(error.description.hasPrefix("model/config.json: "))
    for word in ["Swift", "Decod", "Dictionary", "Optional"] { #expect(!error.description.contains(word)) }
  }
}
