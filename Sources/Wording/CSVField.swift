/// A text as one field of a CSV file.
public enum CSVField {
  /// In quotation marks where it holds a separator, a quotation mark or an end of a line (RFC 4180). By Unicode
  /// scalar: a quotation mark with an accent is one character to Swift, and two to every reader of the file.
  public static func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    var field = "\"".unicodeScalars
    for scalar in text.unicodeScalars {
      if scalar == "\"" { field.append(scalar) }
      field.append(scalar)
    }
    field.append("\"")
    return String(field)
  }

  /// With an apostrophe in front where a spreadsheet would read a formula, or where it begins with an apostrophe:
  /// to undo it, take one apostrophe off every text that begins with one.
  ///
  /// The first characters are those that OWASP names ("CSV Injection"), with their full-width forms.
  public static func withoutFormula(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r\n＝＋－＠'".unicodeScalars.contains(first) else {
      return text
    }
    return "'" + text
  }
}
