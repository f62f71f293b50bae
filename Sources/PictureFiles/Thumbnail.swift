import Images

/// The small copy of a large picture that the sheet shows.
package enum Thumbnail {
  package static let folder = "thumbnails"
  /// In pixels. The sheet's cells are as wide by default on the screens of laptops and phones; a smaller picture is
  /// shown as it is.
  package static let longestSide = 320

  package static func isNeeded(width: Int, height: Int) -> Bool { max(width, height) > longestSide }

  static func image(of picture: RGBImage) -> RGBImage {
    let longest = max(picture.width, picture.height)
    func scaled(_ side: Int) -> Int { max(1, (side * longestSide + longest / 2) / longest) }
    return picture.resized(
      toWidth: scaled(picture.width), height: scaled(picture.height), filter: .lanczos)
  }
}
