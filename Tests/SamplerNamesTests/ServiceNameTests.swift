import SamplerNames
import Testing

@Suite struct ServiceNameTests {
  private func kind(_ name: String) throws -> SchedulerKind { try #require(SchedulerKind(rawValue: name)) }

  @Test(arguments: [
    ("euler", "Euler", "Uniform"), ("euler-karras", "Euler", "Karras"),
    ("euler-ancestral", "Euler a", "Automatic"), ("ddim", "DDIM", "Automatic"),
    ("dpmsolver++", "DPM++ 2M", "Uniform"), ("sde-dpmsolver++-exponential", "DPM++ 2M SDE", "Exponential"),
    ("unipc", "UniPC", "Automatic"), ("dpmsolver-sde", "DPM++ SDE", "Uniform"),
    ("dpmsolver-sde-karras", "DPM++ SDE", "Karras"),
  ]) func `the web UI's sampler and schedule type mean what is asked for`(
    name: String, sampler: String, schedule: String
  ) throws {
    let labels = try #require(kind(name).webUILabels)
    #expect(labels.sampler == sampler && labels.schedule == schedule)
    #expect(try SchedulerKind(named: "\(sampler) \(schedule)").rawValue == name)
  }

  @Test func `the web UI is not asked for schedule types that it ignores`() throws {
    #expect(try kind("unipc-karras").webUILabels == nil && kind("ddpm").webUILabels == nil)
    #expect(try kind("deis").webUILabels == nil && kind("deis-karras").webUILabels == nil)
  }

  @Test(arguments: [
    ("euler", "Euler", "default"), ("dpmsolver++-karras", "DPM++ 2M", "karras"),
    ("dpmsolver-sde-exponential", "DPM SDE", "exponential"), ("unipc-beta", "UniPC", "betas"),
    ("lms", "LMSD", "default"), ("kdpm2-ancestral", "KDPM2 a", "default"), ("ddim", "DDIM", "default"),
    ("dpmsolver-singlestep", "DPM++ 1S", "default"),
  ]) func `SD.Next's sampler and sigma mean what is asked for`(name: String, sampler: String, sigma: String)
    throws
  {
    let pair = SDNextSampler(sampler: sampler, sigma: sigma)
    #expect(try kind(name).sdNextSampler == pair && SchedulerKind(sdNext: pair)?.rawValue == name)
  }

  @Test func `every name for SD.Next is one kind's`() {
    let pairs = SchedulerKind.allCases.compactMap(\.sdNextSampler)
    #expect(Set(pairs).count == pairs.count)
    #expect(SchedulerKind(sdNext: SDNextSampler(sampler: "DDIM", sigma: "karras")) == nil)
    #expect(SchedulerKind(sdNext: SDNextSampler(sampler: "DPM++ 3M", sigma: "default")) == nil)
  }

  @Test func `ComfyUI's names mean ours, and ours are written so`() throws {
    let pairs = SchedulerKind.allCases.compactMap(\.comfyUISampler)
    #expect(Set(pairs).count == pairs.count)
    for kind in SchedulerKind.allCases {
      guard let pair = kind.comfyUISampler else { continue }
      #expect(SchedulerKind(comfyUI: pair) == kind)
    }
    #expect(
      SchedulerKind(comfyUI: .init(sampler: "dpmpp_2m", schedule: "karras"))?.rawValue == "dpmsolver++-karras"
    )
    #expect(
      SchedulerKind(comfyUI: .init(sampler: "dpmpp_sde", schedule: "karras"))?.rawValue
        == "dpmsolver-sde-karras")
    #expect(
      SchedulerKind(comfyUI: .init(sampler: "dpmpp_sde", schedule: "normal"))?.rawValue == "dpmsolver-sde")
    #expect(SchedulerKind(comfyUI: .init(sampler: "ddim", schedule: "ddim_uniform"))?.rawValue == "ddim")
    #expect(SchedulerKind(comfyUI: .init(sampler: "dpmpp_3m_sde", schedule: "karras")) == nil)
    #expect(SchedulerKind(comfyUI: .init(sampler: "euler_ancestral", schedule: "karras")) == nil)
    // It has that name, too, and is another method.
    #expect(SchedulerKind(comfyUI: .init(sampler: "deis", schedule: "normal")) == nil)
  }
}
