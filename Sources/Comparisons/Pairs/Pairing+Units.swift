import ResultStore
import Wording

/// What statistics count as one: prompts with the same text have the same pictures, and tell no more than one of them.
extension Pairing {
  /// The number of the first prompt of the run with this one's text.
  func unit(of prompt: PromptRecord) -> Int64 { unit(of: prompt.id) }

  func unit(of prompt: Int64) -> Int64 { units[prompt] ?? prompt }

  /// Those of the prompts that take part, each once and in their order.
  var unitsInOrder: [Int64] {
    var seen: Set<Int64> = []
    return prompts.map { unit(of: $0.own) }.filter { seen.insert($0).inserted }
  }

  static func units(_ prompts: [PromptRecord]) -> [Int64: Int64] {
    var first: [String: Int64] = [:]
    var units: [Int64: Int64] = [:]
    for prompt in prompts {
      let unit = first[prompt.text] ?? prompt.id
      (first[prompt.text], units[prompt.id]) = (unit, unit)
    }
    return units
  }

  /// What is said of a run whose prompts are not all different.
  static func repetitions(_ prompts: [PromptRecord], _ units: [Int64: Int64]) -> [Note] {
    let texts = Set(units.values).count
    guard texts < prompts.count else { return [] }
    return [
      Note(
        .repeated,
        "\(NumberText.count(prompts.count, "prompt")) with \(NumberText.count(texts, "different text")): "
          + "equal texts count as one prompt")
    ]
  }
}
