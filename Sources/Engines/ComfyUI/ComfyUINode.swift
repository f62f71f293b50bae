import Foundation
import Workflows

/// A node, or an input of one, that a user names because it is not found by its class.
public struct ComfyUINode: Sendable {
  public enum Name: String, CaseIterable, Sendable {
    /// The node that samples, and the one whose picture is taken.
    case sampler, output
    /// Inputs.
    case seed, steps, cfg, prompt
    case negativePrompt = "negative_prompt"
    case width, height
    case samplerName = "sampler_name"
    case scheduler, ratio

    /// Whether a node is named, not an input.
    var isNode: Bool { self == .sampler || self == .output }
  }

  public let name: Name
  /// With an empty input where a node is named.
  let place: ComfyWorkflow.Place

  /// - Parameter text: as in `seed=3.inputs.seed` or `sampler=3`
  /// - Throws: ``ComfyUINodeError``
  public init(_ text: String) throws(ComfyUINodeError) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, let name = Name(rawValue: parts[0]) else { throw .unknown(text) }
    self.name = name
    guard !name.isNode else {
      place = .init(node: parts[1], input: "")
      return
    }
    guard let middle = parts[1].range(of: ".inputs."), middle.lowerBound > parts[1].startIndex,
      middle.upperBound < parts[1].endIndex
    else { throw .noInput(text) }
    place = .init(
      node: String(parts[1][..<middle.lowerBound]), input: String(parts[1][middle.upperBound...]))
  }
}

public enum ComfyUINodeError: Error, Equatable, CustomStringConvertible {
  case unknown(String)
  case noInput(String)

  public var description: String {
    switch self {
    case .unknown(let text):
      "'\(text)' names nothing; write NAME=NODE.inputs.INPUT or NAME=NODE, where NAME is one of "
        + ComfyUINode.Name.allCases.map(\.rawValue).joined(separator: ", ")
    case .noInput(let text): "'\(text)' names no input; write it as in seed=3.inputs.seed"
    }
  }
}
