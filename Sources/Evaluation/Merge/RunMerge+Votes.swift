import ResultStore

extension RunMerge {
  /// Takes what people say of the pictures that are here now. Votes and marks go by who gave them and what they are of;
  /// voters are stored in the order of their keys, whatever the order of the stores.
  func takeVotes() throws {
    let contents = target.contents
    let baselines = contents.baselines
    var ballots: [String: Ballot] = [:]
    for (number, source) in sources.enumerated() where number != ownIndex {
      let indices = Dictionary(
        uniqueKeysWithValues: zip(source.contents.samples.map(\.id), target.indices(of: source.contents)))
      let prompts = target.promptNumbers(of: source.contents)
      let variants = target.variantNumbers(of: source.contents)
      for voter in source.contents.voters {
        var ballot = ballots[voter.key] ?? Ballot(VoterRecord(key: voter.key))
        // Of several names the first by the alphabet.
        ballot.voter.name = [ballot.voter.name, voter.name].compactMap(\.self).min()
        for var vote in source.contents.votes where vote.voterID == voter.id {
          guard let index = indices[vote.sampleID] ?? nil else { continue }
          let sample = contents.samples[index]
          guard sample.picture?.shows(vote.picture) == true,
            baselines[sample.place]?.picture?.shows(vote.reference) == true
          else { continue }
          vote.sampleID = sample.id
          ballot.votes.append(vote)
        }
        for var mark in source.contents.noticed where mark.voterID == voter.id {
          guard let prompt = prompts[mark.promptID] else { continue }
          mark.promptID = prompt
          if let variant = mark.variantID {
            guard let own = variants[variant] else { continue }
            mark.variantID = own
          }
          guard baselines[mark.place]?.picture?.shows(mark.reference) == true else { continue }
          ballot.noticed.append(mark)
        }
        ballots[voter.key] = ballot
      }
    }
    let given = ballots.values.filter { !$0.votes.isEmpty || !$0.noticed.isEmpty }
    if !given.isEmpty { try store.save(given.sorted { $0.voter.key < $1.voter.key }) }
  }
}
