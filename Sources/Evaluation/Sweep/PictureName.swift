import Pictures
import ResultStore

enum PictureName {
  /// Of a picture's file, without its suffix: what it shows to people, and a part of its key.
  static func of(_ prompt: PromptRecord, _ variant: VariantRecord, _ request: PictureRequest) -> String {
    let digits = "\(prompt.row)"
    let row = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "\(row)-s\(request.seed)-r\(variant.fileLabel)-\(request.key.prefix(8))"
  }
}
