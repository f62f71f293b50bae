import Pictures
import SamplerNames

/// What the services that have the web UI's API do each in its own way.
protocol WebUIDialect: Sendable {
  /// As `--engine` names it.
  var engine: String { get }
  /// As messages name it.
  var name: String { get }
  /// What to do where it lacks a path.
  var missing: String { get }
  /// What to do where its pictures are lossy.
  var pngRemedy: String { get }
  /// How its pictures are kept where its options do not say; nil where that is not known.
  var usualFormat: String? { get }
  /// Whether it lists schedule types beside samplers, in its newer versions at least.
  var listsSchedules: Bool { get }
  /// Of its options, those that pictures depend on.
  var settings: [WebUIOptions.Setting] { get }
  /// Where infotexts have the ratio.
  var ratioField: String { get }
  /// What is said of an answer that holds no picture.
  var noPicture: String { get }

  /// - Throws: ``HTTPFailure`` where it is another service
  func machine(_ service: HTTPService) throws -> WebUIMachine

  /// - Throws: ``EngineError`` where an option of its own would spoil pictures, and no request can change it.
  func check(_ options: WebUIOptions, of service: HTTPService) throws(EngineError)

  /// Its names for a scheduler; nil where it has none.
  func sampler(_ kind: SchedulerKind, of service: WebUIService) -> WebUISamplerChoice?

  /// The same the other way round.
  func scheduler(_ infotext: Infotext) -> SchedulerName?

  /// The options that hold for a picture's request alone, beside those of its sampler.
  func overrides(_ recipe: PictureRecipe, _ options: WebUIOptions) -> [String: WebUIOptions.Value]

  /// A prompt as it is sent.
  func text(_ prompt: String, _ syntax: PromptSyntaxName) -> String

  /// - Throws: ``EngineError`` naming what it would take for something else.
  func check(prompt: String, sampling: Sampling) throws(EngineError)

  /// - Throws: ``EngineError`` naming what others with this API can be asked for, and it cannot.
  func validate(_ recipe: PictureRecipe) throws(EngineError)

  /// What else an infotext must say of a picture, with what it says.
  func furtherFacts(_ infotext: Infotext, _ request: PictureRequest) -> [WebUIInfotext.Fact]
}

extension WebUIDialect {
  var usualFormat: String? { nil }
  var listsSchedules: Bool { false }
  var noPicture: String { "it has no picture" }
  func check(prompt: String, sampling: Sampling) throws(EngineError) {}
  func validate(_ recipe: PictureRecipe) throws(EngineError) {}
  func furtherFacts(_ infotext: Infotext, _ request: PictureRequest) -> [WebUIInfotext.Fact] { [] }
}

/// What a service says of its version and of what it runs on, as far as it does.
struct WebUIMachine: Sendable {
  var version: String?
  /// Of torch.
  var torch: String?
  /// The card that computes.
  var graphics: String?

  /// The longest that it is waited for what a machine has in it.
  static let longestAnswer = Duration.seconds(30)
}

/// How a request asks for a scheduler.
struct WebUISamplerChoice: Sendable {
  let sampler: String
  /// The schedule type, where it is a field of its own.
  var schedule: String?
  /// Options that hold for the request alone.
  var overrides: [String: WebUIOptions.Value] = [:]
}

/// The services with the web UI's API that are known here.
public enum WebUIKind: Sendable {
  case automatic1111, sdNext

  var dialect: any WebUIDialect {
    switch self {
    case .automatic1111: AUTOMATIC1111()
    case .sdNext: SDNext()
    }
  }
}
