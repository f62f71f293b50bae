import Metrics
import ResultStore

/// How a stored score is named, rounded, ordered and defined wherever people read it.
extension ScoreMetric {
  /// Those under every picture that has them. MAE and RMSE say what PSNR says: they are for sorting and for JSON.
  static let captioned: [ScoreMetric] = [.clipScore, .clipImage, .ssim, .psnr, .lpips]

  var metric: Metric {
    switch self {
    case .clipScore: .clipScore
    case .clipImage: .clipImage
    case .mae: .mae
    case .rmse: .rmse
    case .psnr: .psnr
    case .ssim: .ssim
    case .msSSIM: .msSSIM
    case .changedPixels: .changedPixels
    case .lpips: .lpips
    }
  }

  /// Short enough for a column or a caption.
  var shortTitle: String { self == .clipImage ? "CLIP-I" : metric.title }
  var decimals: Int { metric.decimals }
  var higherIsBetter: Bool { metric.betterDirection == .higher }
}
