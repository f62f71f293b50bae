import Comparisons
import Foundation
import Metrics
import ResultStore

/// Where on the page the pictures behind a number are: the sheet sorted by that number at its variant, in the form of
/// the page's address, as in `#sort=ssim&at=0.5&challenge=Quantity`.
struct SheetLinks: Sendable {
  let sortKeys: [Sheet.SortKey]
  /// What the sheet calls a variant, see ``Sheet/Cell/name(_:in:)``.
  let name: @Sendable (VariantRecord) -> String
  /// Whether the numbers are to the runs' own baselines where the sheet's are to another run, see ``Sheet/own(_:)``.
  var areOwn = false

  /// The same of numbers to the run's own baseline.
  var ofOwn: SheetLinks {
    var copy = self
    copy.areOwn = true
    return copy
  }

  /// - Parameters:
  ///   - kind: What prompts have in common, with the value of those that the number is about; nil for all prompts.
  ///   - state: What became of the pictures that the number is about; nil for all.
  ///   - damage: What they show; nil for all.
  func address(
    _ variant: VariantRecord, sort: String? = nil, kind: (dimension: PromptDimension, value: String)? = nil,
    state: PictureState? = nil, damage: DamageKind? = nil
  ) -> String {
    let key = sort ?? (has(Sheet.changeKey) && !variant.isBaseline ? Sheet.changeKey : Self.orderKey)
    let ownKey = Sheet.own(key)
    return "#sort=\(areOwn && has(ownKey) ? ownKey : key)&at=\(Self.encoded(name(variant)))"
      + (kind.map { "&\($0.dimension.rawValue)=\(Self.encoded($0.value))" } ?? "")
      + (state.map { "&change=\($0.rawValue)" } ?? "") + (damage.map { "&kind=\($0.letter)" } ?? "")
  }

  /// Of all pictures of the prompts that have a value in common.
  func address(kind: (dimension: PromptDimension, value: String)) -> String {
    "#sort=\(has(Sheet.changeKey) ? Sheet.changeKey : Self.orderKey)"
      + "&\(kind.dimension.rawValue)=\(Self.encoded(kind.value))"
  }

  /// Of a column of the table of ratios.
  func address(_ variant: VariantRecord, under heading: RowColumn.Heading) -> String {
    let measured = sortKeys.first {
      heading.text == $0.text || heading.text.hasPrefix($0.text + ", ")
    }
    if let measured { return address(variant, sort: measured.key) }
    let isTime = has(Sheet.timeKey) && ["s / picture", "Speed-up"].contains(heading.text)
    return address(variant, sort: isTime ? Sheet.timeKey : heading.kind == .own ? Self.orderKey : nil)
  }

  /// The sort key of the order of the prompts, which every sheet has.
  static let orderKey = "order"

  private func has(_ key: String) -> Bool { sortKeys.contains { $0.key == key } }

  /// As part of an address: a label has spaces and the like.
  static func encoded(_ text: String) -> String {
    let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._"))
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }
}
