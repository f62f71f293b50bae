/// What shows one picture: addresses of files, from the page's folder and ready for a link.
package struct PictureFiles: Sendable, Equatable {
  /// The picture as it was made; nil when it was not, or cannot be shown.
  package var picture: String?
  /// Its ``Thumbnail``, or the picture itself where it is small.
  package var thumbnail: String?
  /// Its ``HeatMap``; nil for a baseline, and where the baseline's picture cannot be shown.
  package var difference: String?
  /// Why a picture that was made cannot be shown.
  package var problem: String?

  package init(
    picture: String? = nil, thumbnail: String? = nil, difference: String? = nil, problem: String? = nil
  ) {
    self.picture = picture
    self.thumbnail = thumbnail
    self.difference = difference
    self.problem = problem
  }
}
