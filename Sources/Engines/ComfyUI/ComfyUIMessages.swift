/// What ComfyUI answers.
///
/// Source: `server.py` and `execution.py` of ComfyUI.
enum ComfyUIMessage {
  /// Of `/system_stats`.
  struct Stats: Decodable {
    struct System: Decodable {
      let comfyuiVersion: String?
      let pytorchVersion: String?
    }
    struct Device: Decodable { let name: String? }

    let system: System
    let devices: [Device]?
  }

  /// Of `/prompt`.
  struct Accepted: Decodable {
    let promptId: String
    let nodeErrors: ComfyUINodeErrors?
  }

  /// What became of a workflow, of `/history`.
  struct Result: Decodable {
    struct Image: Decodable {
      let filename: String
      let subfolder: String
      let type: String
    }
    struct Output: Decodable {
      let images: [Image]

      private enum CodingKeys: CodingKey { case images }

      init(from decoder: any Decoder) throws {
        // Other nodes' outputs have other fields.
        images =
          (try? decoder.container(keyedBy: CodingKeys.self).decode([Image].self, forKey: .images)) ?? []
      }
    }
    struct Status: Decodable {
      let statusStr: String
      let completed: Bool
      let messages: [Message]
    }

    let outputs: [String: Output]
    let status: Status?

    /// The data of the last message of an event.
    func data(_ event: String) -> Message.Details? {
      status?.messages.last { $0.event == event }?.data
    }

    /// From its start to its end, by ComfyUI's own clock; nil where it does not tell.
    var seconds: Double? {
      guard let start = data("execution_start")?.timestamp,
        let end = data("execution_success")?.timestamp, end > start
      else { return nil }
      return (end - start) / 1000
    }

    func hasCached(_ node: String) -> Bool { data("execution_cached")?.nodes?.contains(node) == true }
  }

  /// `[event, data]`
  struct Message: Decodable {
    struct Details: Decodable {
      /// In milliseconds.
      let timestamp: Double?
      let nodes: [String]?
      let nodeId: String?
      let nodeType: String?
      let exceptionType: String?
      let exceptionMessage: String?
    }

    let event: String
    let data: Details

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      event = try pair.decode(String.self)
      data = try pair.decode(Details.self)
    }
  }
}
