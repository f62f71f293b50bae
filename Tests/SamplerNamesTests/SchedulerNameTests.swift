import Foundation
import SamplerNames
import Testing

@Suite struct SchedulerNameTests {
  private func error(_ name: String) throws -> String {
    try #require(throws: SchedulerNameError.self, "\(name)") { try SchedulerKind(named: name) }.description
  }

  @Test func `every kind is found by its name, in any case of letters, and comes back from JSON`() throws {
    #expect(Set(SchedulerKind.allCases.map(\.rawValue)).count == SchedulerKind.allCases.count)
    for kind in SchedulerKind.allCases {
      #expect(try SchedulerKind(named: kind.rawValue) == kind)
      #expect(try SchedulerKind(named: kind.rawValue.uppercased()) == kind)
      let json = try JSONEncoder().encode([kind])
      #expect(json == Data("[\"\(kind.rawValue)\"]".utf8))
      #expect(try JSONDecoder().decode([SchedulerKind].self, from: json) == [kind])
    }
  }

  @Test func `names that keys of pictures hold stay as they are`() {
    let names = [
      "ddim", "pndm", "euler", "euler-ancestral", "dpmsolver++", "dpmsolver++-karras", "sde-dpmsolver++",
      "dpmsolver-singlestep", "dpmsolver-sde", "heun", "lms", "kdpm2", "kdpm2-ancestral", "unipc", "deis",
      "ddpm", "lcm", "tcd",
      "euler-karras", "euler-exponential", "euler-beta", "sde-dpmsolver++-beta",
      "dpmsolver-sde-karras", "deis-beta",
    ]
    for name in names { #expect(SchedulerKind(rawValue: name)?.rawValue == name) }
    for name in ["ddim-karras", "euler-ancestral-karras", "lcm-beta", "Euler", "euler-", "karras"] {
      #expect(SchedulerKind(rawValue: name) == nil)
    }
  }

  @Test(arguments: [
    ("Euler a", "euler-ancestral"), ("Euler", "euler"), ("DPM++ 2M", "dpmsolver++"), ("DDIM", "ddim"),
    ("dpm++ 2m karras", "dpmsolver++-karras"), ("DPM++ 2M SDE", "sde-dpmsolver++"), ("PLMS", "pndm"),
    ("DPM++ 2M SDE Exponential", "sde-dpmsolver++-exponential"), ("UniPC", "unipc"), ("LMS", "lms"),
    ("LMS Karras", "lms-karras"), ("Heun", "heun"), ("Heun Beta", "heun-beta"), ("LCM", "lcm"),
    ("DPM2", "kdpm2"), ("DPM2 a Karras", "kdpm2-ancestral-karras"), ("Euler Uniform", "euler"),
    ("DPM++ 2M Automatic", "dpmsolver++-karras"), ("DPM++ 2M SDE Automatic", "sde-dpmsolver++-exponential"),
    ("Euler a Automatic", "euler-ancestral"), ("DPM++ SDE", "dpmsolver-sde"),
    ("DPM++ SDE Karras", "dpmsolver-sde-karras"), ("dpm++ sde exponential", "dpmsolver-sde-exponential"),
    ("DPM++ SDE Beta", "dpmsolver-sde-beta"), ("DPM++ SDE Automatic", "dpmsolver-sde-karras"),
    ("DPM++ SDE Uniform", "dpmsolver-sde"),
  ])
  func `the web UI's names mean ours`(name: String, own: String) throws {
    #expect(try SchedulerKind(named: name).rawValue == own)
  }

  @Test func `ours are written as the web UI reads them`() throws {
    let names = Dictionary(
      uniqueKeysWithValues: SchedulerKind.allCases.compactMap { kind in kind.webUIName.map { ($0, kind) } })
    for (name, kind) in names { #expect(try SchedulerKind(named: name) == kind) }
    #expect(names["DPM++ 2M Karras"]?.rawValue == "dpmsolver++-karras")
    #expect(names["UniPC Beta"]?.rawValue == "unipc-beta")
    #expect(
      SchedulerKind.allCases.filter { $0.webUIName == nil && $0.spacing == nil }.map(\.rawValue)
        == ["dpmsolver-singlestep", "deis", "ddpm", "tcd"])
  }

  @Test func `what the web UI has and this program has not is refused by name`() throws {
    for name in [
      "DPM++ 2M SDE Heun", "DPM++ 2M SDE Heun Karras", "DPM++ 2S a", "DPM fast", "Restart", "DPM++ 3M SDE",
      "DPM++ 3M SDE Exponential",
    ] {
      let message = try error(name)
      let sampler = name.replacing(" Karras", with: "").replacing(" Exponential", with: "")
      #expect(
        message.hasPrefix("the web UI's sampler \(sampler) does not exist here; there are "), "\(message)")
      #expect(message.contains("sde-dpmsolver++, dpmsolver-singlestep, dpmsolver-sde, "))
    }
    #expect(try error("DPM++ SDE SGM Uniform").hasPrefix("the web UI's schedule type SGM Uniform"))
    #expect(try error("Euler a Karras").hasPrefix("euler-ancestral has its own noise levels"))
    #expect(try error("DDIM Beta").contains("takes no schedule type Beta"))
    #expect(try error("Euler SGM Uniform").hasPrefix("the web UI's schedule type SGM Uniform"))
    #expect(try error("Magic").hasPrefix("no scheduler is called 'Magic'; there are ddim, "))
    #expect(try error("Magic Karras").hasPrefix("no scheduler is called 'Magic Karras'"))
    #expect(try error("").hasPrefix("no scheduler is called ''"))
  }

  @Test(arguments: [
    ("eulr", "euler"), ("dies", "deis"), ("unicp", "unipc"), ("Eulr a", "Euler a"),
    ("DPM++ 2M Karas", "DPM++ 2M Karras"), ("dpmsolver-sd", "dpmsolver-sde"), ("eulerkarras", "euler-karras"),
  ])
  func `a name that is near one is asked about, with the names there are or without`(
    name: String, meant: String
  ) throws {
    let problem = "no scheduler is called '\(name)'"
    let question = "; did you mean '\(meant)'?"
    let error = try #require(throws: SchedulerNameError.self) { try SchedulerKind(named: name) }
    #expect(error.problem == problem + question)
    #expect(error.description == "\(problem); there are \(SchedulerKind.summary)\(question)")
  }

  @Test(arguments: [
    ("magic", "no scheduler is called 'magic'"), ("", "no scheduler is called ''"),
    ("DPM++ 3M SDE", "the web UI's sampler DPM++ 3M SDE does not exist here"),
    ("DDIM Beta", "ddim has its own noise levels and takes no schedule type Beta"),
    ("DDIM-Karras", "ddim has its own noise levels and takes no schedule type karras"),
    ("euler-ancestral-beta", "euler-ancestral has its own noise levels and takes no schedule type beta"),
    ("bananas-karras", "no scheduler is called 'bananas-karras'"),
    ("Euler Simple", "the web UI's schedule type Simple, asked for with Euler, does not exist here"),
  ])
  func `a problem alone is short, and its description names what there is`(
    name: String, problem: String
  ) throws {
    let error = try #require(throws: SchedulerNameError.self) { try SchedulerKind(named: name) }
    #expect(error.problem == problem)
    #expect(error.description == "\(problem); there are \(SchedulerKind.summary)")
  }
}
