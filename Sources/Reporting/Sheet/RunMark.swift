/// What a run is called beside another: a letter.
enum RunMark {
  static func letter(_ index: Int) -> String { index == 0 ? "A" : "B" }
}
