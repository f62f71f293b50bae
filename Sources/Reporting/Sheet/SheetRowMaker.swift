import Comparisons
import Pictures
import ResultStore

/// Lays out the rows of a sheet: which prompts and seeds there are, and what each run has of them.
struct SheetRowMaker {
  struct Place {
    /// Of every run, nil where it has no such prompt.
    let prompts: [PromptRecord?]
    let seed: Seed

    /// What the page's address calls the prompt: its row in its file. One that the first run lacks has the letter of
    /// a run before it, as the same row may be another prompt there.
    var name: String {
      guard let index = prompts.firstIndex(where: { $0 != nil }), let prompt = prompts[index] else {
        return ""
      }
      return index == 0 ? "\(prompt.row)" : RunMark.letter(index) + "\(prompt.row)"
    }
  }

  let places: [Place]
  /// How many places are not there, as only one run has them.
  let leftOut: Int
  private let columnOrder: ColumnOrder
  private let runs: [Sheet.Run]
  private let indices: [SampleIndex]
  /// Of each run, by prompt.
  private let seeds: [[Int64: Set<Seed>]]

  init(_ runs: [Sheet.Run], _ columnOrder: ColumnOrder, showsAllRows: Bool = true) {
    self.columnOrder = columnOrder
    self.runs = runs
    indices = runs.map { SampleIndex($0.contents) }
    let indices = indices
    let seeds = zip(runs, indices).map { run, index in
      Dictionary(
        run.contents.prompts.map { ($0.id, Set(index.seeds(of: $0))) }, uniquingKeysWith: { $0.union($1) })
    }
    self.seeds = seeds
    let places = Self.prompts(runs.map(\.contents)).flatMap { prompts in
      var seen: Set<Seed> = []
      return zip(prompts, indices).flatMap { prompt, index in prompt.map(index.seeds(of:)) ?? [] }
        .filter { seen.insert($0).inserted }
        .map { Place(prompts: prompts, seed: $0) }
    }
    let isComplete = showsAllRows || runs.count == 1
    self.places = places.filter { place in
      isComplete
        || runs.indices.count { run in
          place.prompts[run].flatMap { seeds[run][$0.id] }?.contains(place.seed) == true
        } > 1
    }
    leftOut = places.count - self.places.count
  }

  /// Each once.
  var prompts: [PromptRecord] {
    var seen: Set<String> = []
    return places.compactMap { place in
      seen.insert(place.name).inserted ? place.prompts.compactMap(\.self).first : nil
    }
  }

  /// Those of the first run with their counterparts, then what further runs have beside them. A text that occurs
  /// twice matches its first occurrence first.
  private static func prompts(_ runs: [RunContents]) -> [[PromptRecord?]] {
    struct Text: Hashable { let text: String, occurrence: Int }
    var rows: [[PromptRecord?]] = []
    var places: [Text: Int] = [:]
    for (index, run) in runs.enumerated() {
      var occurrences: [String: Int] = [:]
      for prompt in run.prompts {
        let text = Text(text: prompt.text, occurrence: occurrences[prompt.text, default: 0])
        occurrences[prompt.text] = text.occurrence + 1
        let place = places[text] ?? rows.count
        if place == rows.count { rows.append(Array(repeating: nil, count: runs.count)) }
        places[text] = place
        rows[place][index] = prompt
      }
    }
    return rows
  }

  /// The row, and the largest loss in it; nil where there is nothing to judge.
  func row(_ place: Place, order: Int) -> (row: Sheet.Row, worst: Double?) {
    // A place has a prompt of one run at least.
    let prompt = place.prompts.compactMap(\.self)[0]
    let address = "#p=\(place.name)&s=\(place.seed)"
    let cells = columnOrder.columns.map { cell($0, place, prompt, address: address) }
    let worst = cells.filter { !$0.isBaseline }.compactMap(\.change).min()
    let row = Sheet.Row(
      promptRow: place.name, seed: place.seed, order: order, prompt: prompt.text,
      unread: prompt.unread.flatMap { prompt.text.hasSuffix($0) ? $0 : nil }, source: source(place),
      category: prompt.category ?? "", challenge: prompt.challenge ?? "", subset: prompt.subset ?? "",
      tags: [prompt.category, prompt.challenge].compactMap(\.self), cells: cells)
    return (row, worst)
  }

  private func cell(
    _ column: ColumnOrder.Column, _ place: Place, _ shown: PromptRecord, address: String
  ) -> Sheet.Cell {
    let (run, index, variant) = (runs[column.run], indices[column.run], column.variant)
    guard let prompt = place.prompts[column.run] else {
      return Sheet.Cell(absent: variant, from: run, "such prompt", prompt: shown)
    }
    guard has(place, column.run) else {
      return Sheet.Cell(absent: variant, from: run, "seed \(place.seed)", prompt: shown)
    }
    let baseline = run.contents.baseline.flatMap { index.sample(prompt, $0, seed: place.seed) }
    return Sheet.Cell(
      index.sample(prompt, variant, seed: place.seed), variant, of: run, index, prompt: prompt,
      address: address, baseline: baseline, counterpart: counterpart(column, place))
  }

  /// What a picture is compared with that is compared with another run's.
  private func counterpart(_ column: ColumnOrder.Column, _ place: Place) -> Sheet.Counterpart? {
    guard let (pairing, other) = runs[column.run].versus, has(place, other),
      let variant = pairing.matches.first(where: { $0.own.id == column.variant.id })?.reference,
      let prompt = place.prompts[other]
    else { return nil }
    return Sheet.Counterpart(
      name: Sheet.Cell.name(variant, in: runs[other]),
      sample: indices[other].sample(prompt, variant, seed: place.seed), index: indices[other],
      pairing: pairing)
  }

  /// Whether a run has such pictures, made or not.
  private func has(_ place: Place, _ number: Int) -> Bool {
    place.prompts[number].flatMap { seeds[number][$0.id] }?.contains(place.seed) == true
  }

  /// As in `row 74, seed 0`, with what the runs do not share.
  private func source(_ place: Place) -> String {
    let present = place.prompts.enumerated().compactMap { index, prompt in
      prompt.map { (mark: RunMark.letter(index), row: $0.row) }
    }
    var text = "row \(present[0].row)"
    let others = present.filter { $0.row != present[0].row }.map { "\($0.mark): row \($0.row)" }
    if !others.isEmpty { text += " (\(others.joined(separator: ", ")))" }
    text += ", seed \(place.seed)"
    let having = runs.indices.filter { has(place, $0) }
    if having.count < runs.count {
      text += ", only in " + having.map(RunMark.letter).joined(separator: " and ")
    }
    return text
  }
}
