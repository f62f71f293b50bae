import Foundation
import Testing

@testable import Engines

@Suite struct ServiceWordsTests {
  @Test(arguments: [
    (#"{"detail": "Not Found"}"#, "Not Found"),
    (
      #"{"detail": [{"loc": ["body", "steps"], "msg": "value is not a valid integer", "type": "type_error.integer"}]}"#,
      "steps: value is not a valid integer"
    ),
    (
      #"{"detail": [{"loc": ["body", "list", 0], "msg": "bad"}, {"loc": ["body", "x"], "msg": "worse"}]}"#,
      "list.0: bad: x: worse"
    ),
    (
      #"{"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}"#,
      "OutOfMemoryError: CUDA out of memory."
    ),
    (
      #"{"error": {"type": "t", "message": "Prompt outputs failed validation", "details": ""}, "node_errors": {"3": {"errors": [{"type": "t", "message": "Value not in list", "details": "sampler_name: 'x'", "extra_info": {}}], "dependent_outputs": ["9"], "class_type": "KSampler"}}}"#,
      "Prompt outputs failed validation: node 3 (KSampler): Value not in list: sampler_name: 'x'"
    ),
    (#"{"error": "no prompt", "node_errors": []}"#, "no prompt"), ("", ""),
    ("<h1>\n  Bad  gateway</h1>", "<h1> Bad gateway</h1>"),
  ]) func `a service is quoted in its own words`(body: String, words: String) {
    #expect(ServiceWords.of(Data(body.utf8)) == words)
  }

  @Test func `words have an end`() {
    #expect(ServiceWords.of(Data(String(repeating: "x", count: 10_000).utf8)).count == 300)
  }

  @Test(arguments: [
    ("http://127.0.0.1:7860/", "http://127.0.0.1:7860", "GPU"),
    ("localhost:8188", "http://localhost:8188", "GPU"),
    ("https://gpu.lan/comfy", "https://gpu.lan/comfy", "GPU at gpu.lan"),
    ("http://10.0.0.7:7860", "http://10.0.0.7:7860", "GPU at 10.0.0.7:7860"),
  ]) func `an address is taken as people write it`(text: String, base: String, device: String) throws {
    let address = try ServiceAddress(text)
    #expect("\(address)" == base && address.device("GPU") == device && address.authorization == nil)
  }

  @Test func `what goes with an address is escaped, and passwords are told to the service alone`() throws {
    let address = try ServiceAddress("http://127.0.0.1:1", credentials: "user:pass:word")
    #expect(address.authorization == "Basic dXNlcjpwYXNzOndvcmQ=" && !"\(address)".contains("pass"))
    let url = try #require(address.url("/view", [("filename", "a+b c&d.png"), ("subfolder", "")]))
    #expect(url.absoluteString == "http://127.0.0.1:1/view?filename=a%2Bb%20c%26d.png&subfolder=")
    for (text, error) in [
      ("ftp://x", AddressError.noAddress("ftp://x")), ("", .noAddress("")), ("http://u:p@x", .passwordInside),
      ("http://x?y", .noAddress("http://x?y")),
    ] {
      #expect(throws: error) { try ServiceAddress(text) }
    }
    #expect(!"\(AddressError.passwordInside)".contains("u:p"))
    #expect(throws: AddressError.noCredentials) { try ServiceAddress("http://x", credentials: "word") }
  }
}
