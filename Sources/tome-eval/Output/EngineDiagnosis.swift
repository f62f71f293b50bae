import Engines
import Foundation
import Machine
import Pictures
import Wording

/// What is at the other end of an engine that is another program, and whether merging does anything there.
struct EngineDiagnosis {
  let options: EngineOptions
  let model: ModelOptions
  let wish: SamplingWish
  let cancellation: Cancellation

  /// - Throws: `CancellationError`
  func findings() throws -> [Finding] {
    let engine: any PictureEngine
    let folder = FileManager.default.temporaryDirectory
    do {
      engine = try options.load(model, precision: wish.precision, folder: folder)
    } catch {
      return [Finding("engine", .error, Advice.added(to: "\(error)", error))]
    }
    let identity = engine.identity
    return [
      Finding("engine", .fine, [identity.name, identity.version].compactMap(\.self).joined(separator: " ")),
      Finding("device", .fine, identity.device ?? "this machine's processor"),
      Finding(
        "checkpoint", .fine,
        ["\(engine.model.name), \(engine.model.fingerprint)", engine.model.note].compactMap(\.self)
          .joined(separator: "; ")),
      try effect(engine),
    ]
  }

  private func effect(_ engine: any PictureEngine) throws -> Finding {
    let probe: EffectProbe
    do {
      probe = try EffectProbe(
        engine, wish: wish, variant: options.engine.mergeVariant,
        seed: Seed(UInt64(Date().timeIntervalSince1970)), cancellation)
    } catch let error as CancellationError {
      throw error
    } catch {
      return Finding("ratio", .error, Advice.added(to: "\(error)", error))
    }
    let picture =
      "a picture of \(EffectProbe.steps) steps at \(probe.sampling.width)x\(probe.sampling.height)"
    let ratio = NumberText.ratio(EffectProbe.ratio)
    guard probe.changedShare > 0 else {
      return Finding(
        "ratio", .error,
        "merging does nothing here: \(picture) has the same bits at ratio 0 and at \(ratio); the checkpoint may have no "
          + "attention at the latents' own resolution, as SDXL, or something there replaces the attention that merges"
      )
    }
    return Finding(
      "ratio", .fine,
      "\(ratio) changes \(NumberText.fixed(100 * probe.changedShare, 1)) % of the values of \(picture); it took "
        + "\(NumberText.fixed(probe.merged.seconds, 2)) s, and \(NumberText.fixed(probe.unmerged.seconds, 2)) s at ratio 0"
    )
  }
}
