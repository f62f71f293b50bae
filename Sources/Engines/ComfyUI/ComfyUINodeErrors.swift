/// What is wrong with the nodes of a workflow; ComfyUI says so by an empty list where nothing is.
struct ComfyUINodeErrors: Decodable {
  private struct Node: Decodable {
    struct Problem: Decodable {
      let message: String?
      let details: String?
    }
    let problems: [Problem]
    let kind: String?

    // Named in both styles: whoever decodes may turn snake case into camel case.
    private enum CodingKeys: String, CodingKey { case errors, class_type, classType }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      problems = try fields.decode([Problem].self, forKey: .errors)
      kind =
        try fields.decodeIfPresent(String.self, forKey: .class_type)
        ?? fields.decodeIfPresent(String.self, forKey: .classType)
    }
  }

  /// Each as in `node 3 (KSampler): Value not in list: sampler_name`.
  let sentences: [String]

  init(from decoder: any Decoder) throws {
    let nodes = (try? decoder.singleValueContainer().decode([String: Node].self)) ?? [:]
    sentences = nodes.sorted { $0.key < $1.key }.flatMap { name, node in
      node.problems.map { problem in
        let words = [problem.message, problem.details].compactMap(\.self).filter { !$0.isEmpty }
        return "node \(name)\(node.kind.map { " (\($0))" } ?? ""): \(words.joined(separator: ": "))"
      }
    }
  }
}
