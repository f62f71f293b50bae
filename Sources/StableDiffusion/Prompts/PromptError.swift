/// What of the web UI's prompt syntax exists there only, or is malformed: a sentence whose subject is the prompt.
public enum PromptError: Error, Equatable, CustomStringConvertible {
  /// `AND`
  case composition
  /// `[from:to:when]`
  case editing(String)
  /// `[one|other]`
  case alternation(String)
  /// `<lora:name:weight>`
  case network(String)
  /// `BREAK` between brackets
  case boundBreak
  /// A weight that is no number
  case badWeight(String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .composition:
      "has AND, which joins prompts into one picture in the web UI, and which is not done here; write the "
        + "word in lower case, or join the parts with a comma or BREAK"
    case .editing(let text):
      "has '\(text)', which changes the prompt between the steps in the web UI, and which is not done here; "
        + "write one of its texts, or \\[ and \\] for brackets that are meant as such"
    case .alternation(let text):
      "has '\(text)', which takes turns between the steps in the web UI, and which is not done here; "
        + "write one of its texts, or \\[ and \\] for brackets that are meant as such"
    case .network(let text):
      "has '\(text)', which loads a file in the web UI; add LoRAs to the model instead, and leave it out"
    case .boundBreak:
      "has BREAK between brackets, where the web UI takes it for a word of negative weight; close the "
        + "brackets before it and open them again after it"
    case .badWeight(let text):
      "has the weight '\(text)', which is no number; write one, as in (word:1.2)"
    }
  }
}
