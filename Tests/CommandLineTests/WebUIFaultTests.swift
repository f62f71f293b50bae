import Foundation
import ReferenceFixtures
import Testing

/// Services with the web UI's API that fail, and that are broken off.
@Suite(.enabled(if: TestService.canRun))
struct WebUIFaultTests {
  struct Fault {
    /// Of the service, for prompts that hold "bad".
    let mode: String
    let message: String
    /// How often such a picture is asked for.
    let tries: Int

    init(_ mode: String, _ message: String, _ tries: Int) {
      self.mode = mode
      self.message = message
      self.tries = tries
    }
  }

  private static let faults = [
    Fault("refuses", "does not take a field of /sdapi/v1/txt2img: steps: value is not a valid integer", 1),
    Fault("fails", "failed at /sdapi/v1/txt2img (status 500): OutOfMemoryError: CUDA out of memory.", 3),
    Fault("drops", "broke the connection at /sdapi/v1/txt2img", 3),
    Fault("hangs", "gives no answer to /sdapi/v1/txt2img within 2 s (--timeout)", 1),
    Fault("page", "something else than it should: it is no JSON", 1),
    Fault("contradicts", "made another picture than was asked for: steps 3, not 4", 1),
  ]

  @Test(arguments: ServiceSweeps.Engine.allCases, faults)
  func `what goes wrong with a picture is said of it, and the others are made`(
    engine: ServiceSweeps.Engine, fault: Fault
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let prompts = ["a cube", "a bad cube", "a cone"]
    let service = try sweeps.service(fault.mode)
    let result = try sweeps.sweep(service, prompts, "--ratios", "0", "--timeout", "2")
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains("2 of 3 pictures made, 1 failed") && result.errors.contains(fault.message),
      "\(result.errors)")
    let bad = try service.requests(ServiceSweeps.pictures).count {
      ($0.body["prompt"] as? String)?.contains("bad") == true
    }
    #expect(bad == fault.tries)
    // What still runs there is stopped.
    if ["hangs", "drops"].contains(fault.mode) {
      #expect(try !service.requests("/sdapi/v1/interrupt").isEmpty)
    }
    // Healed, the same sweep makes what is missing.
    let healed = try sweeps.sweep(sweeps.service(), prompts, "--ratios", "0", "--json").json()
    #expect(healed["made"] as? Int == 1 && healed["reused"] as? Int == 2)
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `what fails in passing is tried again, and nobody need know`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let service = try sweeps.service("hiccups")
    let result = try sweeps.sweep(service, ["a cube", "a bad cube"], "--ratios", "0")
    #expect(result.status == 0 && result.errors.contains("2 of 2 pictures made"), "\(result)")
    #expect(try service.requests(ServiceSweeps.pictures).count == 4)
    withExtendedLifetime(sweeps) {}
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `a merged picture that was not merged is named`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let result = try sweeps.sweep(
      sweeps.service("contradicts"), ["a cube", "a bad cube"], "--ratios", "0,0.5")
    #expect(result.status == 3 && result.errors.contains("steps 3, not 4; ratio 0, not 0.5"), "\(result)")
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `a service that fails three times in a row ends the sweep, which loses nothing`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let prompts = ["a cube", "a bad cube", "a cone"]
    let result = try sweeps.sweep(sweeps.service("page"), prompts, "--ratios", "0,0.25,0.5")
    #expect(
      result.status == 2 && result.errors.contains("3 times in a row \(engine.title) at http://"), "\(result)"
    )
    let healed = try sweeps.sweep(sweeps.service(), prompts, "--ratios", "0,0.25,0.5", "--json").json()
    #expect(healed["reused"] as? Int == 3 && healed["made"] as? Int == 6)
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `nothing that listens is an error that says so`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let result = try Tool.run(
      "sweep", "--engine", engine.rawValue, "--url", "http://127.0.0.1:1", "--limit", "1", "--output",
      sweeps.run)
    #expect(
      result.status == 2 && result.errors.contains("\(engine.title) at http://127.0.0.1:1 cannot be reached"),
      "\(result)")
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `user and password are told to the service, and kept nowhere`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let service = try sweeps.service("auth")
    let result = try sweeps.sweep(service, ["a cube"], "--ratios", "0", "--api-auth", "user:secret")
    #expect(result.status == 0, "\(result)")
    #expect(!(result.output + result.errors).contains("secret"))
    let wrong = try sweeps.sweep(service, ["a cube"], "--ratios", "0", "--api-auth=user:secrets")
    #expect(wrong.status == 2 && wrong.errors.contains("does not take the user and the password"), "\(wrong)")
    let variable = try Tool.run(
      sweeps.words(service, ["a cone"], ["--ratios", "0"]), redirections: "",
      environment: ["TOME_EVAL_API_AUTH": "user:secret"])
    #expect(variable.status == 0, "\(variable)")
    withExtendedLifetime(service) {}
    let files = try #require(FileManager.default.enumerator(atPath: sweeps.run)).compactMap { $0 as? String }
    #expect(files.contains("tome-eval.sqlite"))
    for file in files {
      let bytes =
        (try? Data(contentsOf: URL(fileURLWithPath: sweeps.run).appendingPathComponent(file))) ?? Data()
      #expect(bytes.range(of: Data("secret".utf8)) == nil, "\(file)")
    }
  }

  @Test(arguments: ServiceSweeps.Engine.allCases)
  func `Ctrl-C stops the service and the sweep, and keeps what is there`(
    engine: ServiceSweeps.Engine
  ) throws {
    let sweeps = try ServiceSweeps(engine)
    let service = try sweeps.service("hangs")
    let running = try Tool.start(sweeps.words(service, ["a cube", "a bad cube"], ["--ratios", "0"]))
    while running.isRunning, try service.requests(ServiceSweeps.pictures).count < 3 {
      Thread.sleep(forTimeInterval: 0.05)
    }
    running.send(SIGINT)
    let result = try running.finish()
    #expect(result.status == 130 && result.errors.contains("1 of 2 pictures made"), "\(result)")
    #expect(try service.requests("/sdapi/v1/interrupt").count == 1)
    withExtendedLifetime(sweeps) {}
  }
}
