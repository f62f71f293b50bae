extension SingleFile {
  /// What a user may want to know of how the file is read.
  func notes(
    _ prediction: Prediction, _ configuration: ConfigurationFolder, _ tokenizer: TokenizerPlace
  ) -> [String] {
    var notes = ["\(name) is a single file of \(family.name)"]
    if configuration.has("scheduler/scheduler_config.json") {
      notes[0] += "; what it predicts, the given configuration says"
    } else if let reason = prediction.reason {
      notes[0] += "; it predicts \(prediction.type.rawValue), \(reason)"
    }
    if usesEMA {
      notes.append("\(name): of the UNet, the averaged weights (EMA) are used")
    } else if hasEMA {
      notes.append("\(name): its averaged weights (EMA) are not used")
    }
    if let place = tokenizer.path { notes.append("\(name): the tokenizer is that of \(place)") }
    let foreign = keys.filter { !isKnown($0) }
    if let first = foreign.first {
      notes.append(
        "\(name): \(foreign.count) tensors that belong to no part are left out, the first is '\(first)'")
    }
    return notes
  }

  private func isKnown(_ key: String) -> Bool {
    let prefixes = [Self.unet, Self.autoencoder] + family.towers.map(\.prefix) + Self.withoutEffect
    return prefixes.contains { key.hasPrefix($0) }
  }

  /// Those of training: noise schedules, averaged weights, losses, temperatures and marks.
  private static let withoutEffect = [
    "alphas_cumprod", "betas", "cond_stage_model.logit_scale", "cond_stage_model.text_projection",
    "denoiser.", "global_step",
    "log_one_minus_",
    "logvar", "loss.", "model_ema.", "posterior_", "scale_factor", "sqrt_", "v_pred", "ztsnr",
  ]
}
