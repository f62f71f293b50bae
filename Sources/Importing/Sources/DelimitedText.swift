/// Records of fields between delimiters, each with the line that it begins in: RFC 4180 with any of the usual line ends.
/// (Lines are what libraries for it do not tell, and what a message about a manifest must.)
struct DelimitedText {
  struct Record {
    let fields: [String]
    /// From 1.
    let line: Int
  }

  let records: [Record]
  /// The line in which quotation marks begin that never end.
  let unclosedLine: Int?

  /// - Parameter delimiter: `,` of CSV, where quotation marks may enclose a field; `\t` of TSV, where they may, too.
  init(_ text: String, delimiter: Unicode.Scalar) {
    var records: [Record] = []
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var (line, start) = (1, 1)
    var isQuoted = false
    var quoteLine: Int?
    let scalars = text.unicodeScalars
    var index = scalars.startIndex

    func end() {
      fields.append(String(field))
      field = .init()
    }
    func endRecord() {
      end()
      if fields != [""] { records.append(Record(fields: fields, line: start)) }
      fields = []
    }

    while index < scalars.endIndex {
      let scalar = scalars[index]
      let next = scalars.index(after: index)
      if isQuoted {
        if scalar == "\"" {
          if next < scalars.endIndex, scalars[next] == "\"" {
            field.append("\"")
            index = scalars.index(after: next)
            continue
          }
          (isQuoted, quoteLine) = (false, nil)
        } else {
          if scalar == "\n" { line += 1 }
          field.append(scalar)
        }
      } else if scalar == "\"", field.isEmpty {
        (isQuoted, quoteLine) = (true, line)
      } else if scalar == delimiter {
        end()
      } else if scalar == "\n" || scalar == "\r" {
        endRecord()
        let isPair = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
        line += 1
        start = line
        if isPair {
          index = scalars.index(after: next)
          continue
        }
      } else {
        field.append(scalar)
      }
      index = next
    }
    if !field.isEmpty || !fields.isEmpty { endRecord() }
    self.records = records
    unclosedLine = quoteLine
  }
}
