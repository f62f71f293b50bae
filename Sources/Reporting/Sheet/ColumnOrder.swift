import Comparisons
import ResultStore

/// The order of a sheet's columns: of several runs, those of one variant side by side, as in A 0, B 0, A 0.3, B 0.3.
struct ColumnOrder {
  struct Column {
    /// Its place among the runs.
    let run: Int
    let variant: VariantRecord
  }

  let columns: [Column]

  /// - Parameters:
  ///   - runs: in their order
  ///   - match: Which runs are compared, by their places, and how. What matches nothing of the first run stands after
  ///     what comes before it in its own.
  init(_ runs: [RunContents], _ match: [(own: Int, reference: Int, pairing: Pairing)]) {
    // The variants that stand side by side, by run.
    var slots: [[Int: VariantRecord]] = []
    for run in runs.indices {
      let counterparts = Self.counterparts(of: run, match)
      var next = slots.count
      for variant in runs[run].variants {
        let place = slots.firstIndex { slot in
          guard slot[run] == nil else { return false }
          if let counterpart = counterparts[variant.id] { return slot[0]?.id == counterpart }
          return run > 0 && slot[0] == nil && slot.values.contains { $0.label == variant.label }
        }
        if let place {
          slots[place][run] = variant
          next = place + 1
        } else {
          let end = run == 0 ? slots.count : min(next, slots.count)
          slots.insert([run: variant], at: end)
          next = end + 1
        }
      }
    }
    columns = slots.flatMap { slot in
      runs.indices.compactMap { run in slot[run].map { Column(run: run, variant: $0) } }
    }
  }

  /// The first run's variants that those of another belong to, by number.
  private static func counterparts(
    of run: Int, _ match: [(own: Int, reference: Int, pairing: Pairing)]
  ) -> [Int64: Int64] {
    let pairs = match.flatMap { own, reference, pairing -> [(Int64, Int64)] in
      pairing.matches.compactMap { entry in
        (own, reference) == (run, 0)
          ? (entry.own.id, entry.reference.id)
          : (own, reference) == (0, run) ? (entry.reference.id, entry.own.id) : nil
      }
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
