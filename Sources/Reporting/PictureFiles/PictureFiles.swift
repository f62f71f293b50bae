/// What shows one picture: addresses of files, from the page's folder and ready for a link.
struct PictureFiles: Sendable, Equatable {
  /// The picture as it was made; nil when it was not, or cannot be shown.
  var picture: String?
  /// Its ``Thumbnail``, or the picture itself where it is small.
  var thumbnail: String?
  /// Its ``HeatMap``; nil for a baseline, and where the baseline's picture cannot be shown.
  var difference: String?
  /// Why a picture that was made cannot be shown.
  var problem: String?
}
