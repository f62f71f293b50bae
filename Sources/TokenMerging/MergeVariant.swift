import Tensors

/// A rule of token merging that people run: which tokens are matched, which are merged,
/// and what is drawn at random.
///
/// All that match do so in the same way (bipartite soft matching, Bolya & Hoffman 2023, section 3), all that merge take
/// means (``TokenMerge``), and all draw from the image's own stream here, see ``MergingSession``.
public enum MergeVariant: String, Sendable, Hashable, Codable, CaseIterable {
  /// `tomesd.apply_patch` (tomesd 0.1.3, `tomesd/patch.py`): tokens are matched on the
  /// transformer block's input, and self-attention sees merged queries, keys and values.
  /// Python forks its generator from the global one once and lets it run on from
  /// picture to picture.
  case tomesd
  /// AUTOMATIC1111's stable-diffusion-webui (`modules/sd_models.py`, `apply_token_merging`)
  /// and SD.Next (`modules/token_merge.py`, the method ToMe): tomesd with `use_rand` off,
  /// so that nothing is drawn. Both leave cells, `max_downsample` and what else is merged
  /// at tomesd's defaults; here they can be changed.
  case webui
  /// ComfyUI's node "Token Merging" (`comfy_extras/nodes_tomesd.py`, `TomePatchModel`):
  /// tokens are matched on the normed input of self-attention, only its queries are
  /// merged, and keys and values stay whole. Cells are 2×2, blocks at the latents' own
  /// resolution alone merge, and a grid of a single row or column does not. ComfyUI
  /// draws from the device's global generator, which goes on after the initial noise
  /// on the CPU; an odd batch draws too.
  case comfyui
  /// Token Downsampling, ToDo (Smith, Saxena and Saha 2024, arXiv 2402.13573), as the web UI's, SD.Next's and
  /// ComfyUI's extensions offer it: nothing is matched. Self-attention's queries stay whole, and its keys and values are
  /// of a thinned grid of its normed input. The ratio is the share of keys and values left out: a
  /// factor of 2 is a ratio of 0.75, see ``MergingOptions/ratio(factor:)``.
  case todo

  /// The options that such merging uses whatever was asked for.
  func inForce(_ options: MergingOptions) -> MergingOptions {
    switch self {
    case .tomesd: return options
    case .webui:
      var options = options
      options.useRand = false
      return options
    case .comfyui:
      return MergingOptions(ratio: options.ratio, steps: options.steps, variant: .comfyui)
    case .todo:
      return MergingOptions(
        ratio: options.ratio, maxDownsample: options.maxDownsample, steps: options.steps, variant: .todo)
    }
  }

  /// What tokens of a block are matched on.
  func metric(blockInput: Tensor, normed: Tensor) -> Tensor {
    self == .comfyui ? normed : blockInput
  }

  /// Whether destinations are drawn for a batch of this size. An odd batch cannot be
  /// guidance pairs: for tomesd, one choice for all would tear them apart.
  func draws(batch: Int) -> Bool { self == .comfyui || batch % 2 == 0 }
}
