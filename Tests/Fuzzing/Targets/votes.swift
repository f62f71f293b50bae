import ResultStore

extension FuzzTarget {
  /// A file of votes: read, or refused in a sentence that begins with the file's name.
  static let votes = FuzzTarget("votes") { bytes in
    let voter: String
    do throws(VotesFileError) { voter = try VotesFile(Array(bytes), path: "votes.json").voter.key } catch {
      try Finding.unless(error.description.hasPrefix("votes.json: "), error.description)
      return
    }
    try Finding.unless(voter.utf8.count == 16, "voter '\(voter)'")
  }
}
