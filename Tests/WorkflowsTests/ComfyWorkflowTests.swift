import Foundation
import Testing
import Workflows

@Suite struct ComfyWorkflowTests {
  private static let plain = """
    {"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615, "cfg": 0.1, "model": ["4", 0],
      "positive": ["6", 0], "latent_image": ["5", 0]}},
     "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
     "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64}},
     "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a/b", "clip": ["4", 1]}}}
    """

  private func object(_ workflow: ComfyWorkflow) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: workflow.json) as? NSDictionary)
  }

  @Test func `a workflow comes back as it was, to the last digit of its numbers`() throws {
    let workflow = try #require(ComfyWorkflow(Self.plain))
    let expected = try JSONSerialization.jsonObject(with: Data(Self.plain.utf8)) as? [String: Any]
    #expect(try object(workflow).isEqual(to: #require(expected)))
    let text = String(decoding: workflow.json, as: UTF8.self)
    #expect(text.contains("18446744073709551615") && text.contains("\"cfg\":0.1") && text.contains("a/b"))
  }

  @Test func `a node is put into a link, and taken out again`() throws {
    let original = try #require(ComfyWorkflow(Self.plain))
    var workflow = original
    let model = ComfyWorkflow.Place(node: "3", input: "model")
    workflow.insert("x", kind: "TomePatchModel", inputs: ["ratio": 0.5], into: model)
    #expect(workflow.kind("x") == "TomePatchModel")
    #expect(workflow.link("3", "model") == "x" && workflow.link("x", "model") == "4")
    #expect(workflow.value(at: .init(node: "x", input: "ratio")) as? Double == 0.5)
    #expect(workflow.modelChain(from: "x") == ["x", "4"])
    workflow.bypass("x", input: "model")
    #expect(workflow.json == original.json)
  }

  @Test func `values are set where they are written`() throws {
    var workflow = try #require(ComfyWorkflow(Self.plain))
    let text = try #require(workflow.textPlaces("6").first)
    #expect("\(text)" == "6.inputs.text")
    workflow.set("\"quoted\"", at: text)
    workflow.set(UInt64.max - 1, at: .init(node: "3", input: "seed"))
    let again = try ComfyWorkflow(parsing: workflow.json)
    #expect(again.value(at: text) as? String == "\"quoted\"")
    #expect(again.value("3", "seed") as? UInt64 == UInt64.max - 1)
  }

  @Test(arguments: [
    ("x", WorkflowProblem.noObject), ("[]", .noObject), ("{}", .noNodes),
    (#"{"1": {"class_type": 3}}"#, .noNodes),
    (
      #"{"last_node_id": 9, "nodes": [{"id": 3, "type": "KSampler"}], "links": [], "version": 0.4}"#,
      .pageForm
    ),
  ]) func `what is no workflow of the API is told apart`(text: String, problem: WorkflowProblem) {
    #expect(throws: problem) { try ComfyWorkflow(parsing: Data(text.utf8)) }
  }
}
