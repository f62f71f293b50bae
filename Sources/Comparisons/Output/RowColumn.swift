package import Statistics
package import Wording

/// One column of a comparison's rows in every form: what it says on terminals and pages, and the values behind that
/// for CSV and JSON. The list of them is ``Comparison/columns``.
package struct RowColumn: Sendable {
  /// What a column of a page is about.
  package enum Kind: Sendable {
    /// A row's pictures beside those that it is compared with.
    case comparison
    /// A row's own pictures.
    case own
    /// The difference that the verdict is about.
    case change
    case verdict
  }

  /// Over a column of a page.
  package struct Heading: Sendable {
    package let text: String
    /// What the text means, for those who ask.
    package var explanation: String?
    /// What follows the text.
    package var suffix = ""
    /// The text where there is little room.
    package var label: String
    package let kind: Kind

    init(_ text: String, label: String? = nil, kind: Kind = .comparison) {
      self.text = text
      self.label = label ?? text
      self.kind = kind
    }
  }

  /// What a narrow terminal does without, the first first.
  enum Spare: Int, Comparable {
    case set, similarity, effect, seconds, count, seedChange, people, mean

    static func < (a: Spare, b: Spare) -> Bool { a.rawValue < b.rawValue }
  }

  /// Over the column of a terminal; nil where that leaves it out.
  let title: String?
  /// Nil where pages leave it out.
  package let heading: Heading?
  /// Aligned left.
  let isText: Bool
  /// Left out where no row has anything to say.
  let isOptional: Bool
  /// Nil for what always stays.
  let spare: Spare?
  package let figure: @Sendable (Comparison.Row, NumberText.Minus) -> Figure
  let values: [RowValue]

  init(
    _ title: String?, _ heading: Heading?, isText: Bool = false, isOptional: Bool = false,
    spare: Spare? = nil, values: [RowValue] = [],
    figure: @escaping @Sendable (Comparison.Row, NumberText.Minus) -> Figure = { _, _ in Figure() }
  ) {
    self.title = title
    self.heading = heading
    self.isText = isText
    self.isOptional = isOptional
    self.spare = spare
    self.values = values
    self.figure = figure
  }
}

/// What a cell says, piece by piece: a page and a terminal put the pieces together in their own ways.
package struct Figure: Sendable {
  package var text: String
  /// As in `[-0.31, +0.04]`.
  package var interval: String?
  /// Whether the text is shown to be more than chance; nil where nobody asks.
  package var isCertain: Bool?
  /// What a page has beside the text.
  package var remark: String?
  /// Where the text is one.
  package var verdict: Verdict?
  /// Whether the reader must look twice.
  package var isAlarming = false

  init(_ text: String = "", interval: String? = nil, isCertain: Bool? = nil) {
    self.text = text
    self.interval = interval
    self.isCertain = isCertain
  }

  /// In one line, which says of what may be chance that it is not significant.
  var line: String {
    text + (interval.map { " " + $0 } ?? "") + (isCertain == false ? " n.s." : "")
  }
}
