/// What a word that is not known was probably meant to be.
public enum Suggestion {
  /// As in `; did you mean 'ssim'?`, to follow a sentence; empty where nothing is near.
  public static func phrase(for word: String, among known: [String]) -> String {
    nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The one known word that it begins, or the one that is reached by the fewest letters put in, left out, changed or
  /// swapped with their neighbours: one in three at most. Nil where two are as near.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let word = word.lowercased()
    let longer = known.filter { $0.lowercased().hasPrefix(word) }
    if word.count > 2, longer.count == 1 { return longer[0] }
    let most = max(1, word.count / 3)
    let distances = known.map { ($0, distance(Array(word), Array($0.lowercased()))) }.filter { $0.1 <= most }
    guard let least = distances.map(\.1).min() else { return nil }
    let nearest = distances.filter { $0.1 == least }
    return nearest.count == 1 ? nearest[0].0 : nil
  }

  /// The optimal string alignment distance (Damerau 1964, Levenshtein 1966).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, rows[i - 1][j - 1] + 1) }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
