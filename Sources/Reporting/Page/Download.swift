import Foundation
import Wording

/// A table of the page as a file for other programs.
struct Download: Sendable {
  /// The file's name where it is saved.
  let name: String
  /// What is in it.
  let summary: String
  let text: String
  /// Where it is, from the page.
  let address: String

  /// - Parameter address: Where the file of that name is; nil for inside the page.
  init(name: String, summary: String, table: TextTable, address: (String) -> String?) {
    self.name = name
    self.summary = summary
    text = table.csv(lineEnd: "\r\n", isPrinted: false) + "\r\n"
    self.address =
      address(name) ?? "data:text/csv;charset=utf-8;base64," + Data(text.utf8).base64EncodedString()
  }
}
