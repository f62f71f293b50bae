import ResultStore

/// Lays out the rows of a sheet: which prompts and seeds there are, and what each run has of them.
struct SheetRowMaker {
  struct Place {
    /// Of every run, nil where it has no such prompt.
    let prompts: [PromptRecord?]
    let seed: Int

    /// What the page's address calls the prompt: its row in its file. One of the second run alone has a letter, as
    /// the same row may be another prompt there.
    var name: String {
      prompts[0].map { "\($0.row)" } ?? prompts.compactMap(\.self).map { RunMark.letter(1) + "\($0.row)" }[0]
    }
  }

  let places: [Place]
  private let runs: [Sheet.Run]
  private let indices: [SampleIndex]

  init(_ runs: [Sheet.Run]) {
    self.runs = runs
    indices = runs.map { SampleIndex($0.contents) }
    let prompts = Self.prompts(runs.map(\.contents))
    let seeds = runs.flatMap(\.contents.run.settings.seeds).reduce(into: [Int]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    places = prompts.flatMap { prompts in
      seeds.filter { seed in
        zip(prompts, runs).contains { $0 != nil && $1.contents.run.settings.seeds.contains(seed) }
      }.map { Place(prompts: prompts, seed: $0) }
    }
  }

  /// Each once.
  var prompts: [PromptRecord] {
    var seen: Set<String> = []
    return places.compactMap { place in
      let key = place.prompts.map { $0.map { "\($0.id)" } ?? "" }.joined(separator: " ")
      return seen.insert(key).inserted ? place.prompts.compactMap(\.self).first : nil
    }
  }

  /// Those of the first run with their counterparts, then those of the second alone.
  private static func prompts(_ runs: [RunContents]) -> [[PromptRecord?]] {
    guard runs.count > 1 else { return runs[0].prompts.map { [$0] } }
    let match = RunMatch(runs[0], runs[1])
    let counterparts = Dictionary(
      match.prompts.map { ($0.own.id, $0.reference) }, uniquingKeysWith: { first, _ in first })
    let matched = Set(match.prompts.map(\.reference.id))
    return runs[0].prompts.map { [$0, counterparts[$0.id]] }
      + runs[1].prompts.filter { !matched.contains($0.id) }.map { [nil, $0] }
  }

  /// The row, and the largest loss in it; nil where there is nothing to judge.
  func row(_ place: Place, order: Int) -> (row: Sheet.Row, worst: Double?) {
    // A place has a prompt of one run at least.
    let prompt = place.prompts.compactMap(\.self)[0]
    let address = "#p=\(place.name)&s=\(place.seed)"
    var cells: [Sheet.Cell] = []
    var worst: Double?
    for index in runs.indices {
      let made = self.cells(ofRun: index, place, prompt, address: address)
      cells += made.cells
      worst = [worst, made.worst].compactMap(\.self).min()
    }
    let row = Sheet.Row(
      promptRow: place.name, seed: place.seed, order: order, prompt: prompt.text, source: source(place),
      category: prompt.category ?? "", challenge: prompt.challenge ?? "", subset: prompt.subset ?? "",
      tags: [prompt.category, prompt.challenge].compactMap(\.self), cells: cells)
    return (row, worst)
  }

  private func cells(
    ofRun number: Int, _ place: Place, _ shown: PromptRecord, address: String
  ) -> (cells: [Sheet.Cell], worst: Double?) {
    let (run, index) = (runs[number], indices[number])
    guard let prompt = place.prompts[number] else {
      return ([Sheet.Cell(absentFrom: run, "such prompt", prompt: shown)], nil)
    }
    guard run.contents.run.settings.seeds.contains(place.seed) else {
      return ([Sheet.Cell(absentFrom: run, "seed \(place.seed)", prompt: shown)], nil)
    }
    let variants = run.contents.variants
    let reference = variants.first(where: \.isBaseline).flatMap {
      index.sample(prompt, $0, seed: place.seed)
    }
    let baselineScore = index.score(.clipScore, of: reference)
    let samples = variants.map { index.sample(prompt, $0, seed: place.seed) }
    let changes = zip(variants, samples).filter { !$0.0.isBaseline }.compactMap { _, sample in
      index.score(.clipScore, of: sample).flatMap { score in baselineScore.map { score - $0 } }
    }
    let cells = zip(variants, samples).map { variant, sample in
      Sheet.Cell(
        sample, variant, of: run, index, prompt: prompt, address: address, baselineScore: baselineScore)
    }
    return (cells, changes.min())
  }

  /// As in `row 74, seed 0`, with what the runs do not share.
  private func source(_ place: Place) -> String {
    let present = place.prompts.enumerated().compactMap { index, prompt in
      prompt.map { (mark: RunMark.letter(index), row: $0.row) }
    }
    var text = "row \(present[0].row)"
    if present.count == 2, present[1].row != present[0].row {
      text += " (\(present[1].mark): row \(present[1].row))"
    }
    text += ", seed \(place.seed)"
    let having = zip(place.prompts, runs).enumerated().filter {
      $0.element.0 != nil && $0.element.1.contents.run.settings.seeds.contains(place.seed)
    }
    if runs.count > 1, having.count == 1 { text += ", only in \(RunMark.letter(having[0].offset))" }
    return text
  }
}
