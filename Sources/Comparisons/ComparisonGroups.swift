import ResultStore
import Statistics

/// What prompts can be told apart by.
public enum PromptDimension: String, CaseIterable, Sendable {
  case category, challenge
  /// Words of the prompt: 1-4, 5-8, 9-16 or more.
  case length

  func group(of prompt: PromptRecord) -> String {
    switch self {
    case .category: return prompt.category ?? "none"
    case .challenge: return prompt.challenge ?? "none"
    case .length:
      let words = prompt.text.split(whereSeparator: \.isWhitespace).count
      return words <= 4
        ? "1-4 words" : words <= 8 ? "5-8 words" : words <= 16 ? "9-16 words" : "17 words or more"
    }
  }

  fileprivate static let lengths = ["1-4 words", "5-8 words", "9-16 words", "17 words or more"]
}

extension Comparison {
  /// The same comparison over some of the prompts, intervals that hold together within.
  public struct Group: Sendable {
    public let name: String
    public let comparison: Comparison
  }

  /// One comparison for every category, challenge or length there is, with the margin of the whole.
  public func grouped(by dimension: PromptDimension, detail: Detail = .full) -> [Group] {
    let members = Dictionary(grouping: pairing.prompts) { dimension.group(of: $0.own) }
    let names =
      dimension == .length ? PromptDimension.lengths.filter { members[$0] != nil } : members.keys.sorted()
    return names.map { name in
      let prompts = Set(members[name, default: []].map(\.own.id))
      return Group(
        name: name,
        comparison: Comparison(
          pairing.restricted(to: prompts), measure: measure, margin: .absolute(margin ?? 0),
          voteMargin: people?.margin ?? Preference.standardMargin, bootstrap: bootstrap, detail: detail))
    }
  }
}
