import Machine
import Pictures

/// A prompt that nothing is got ready for: every request says everything.
struct StatelessPrompt: EnginePrompt {
  let unread: [UnreadText] = []
  private let make: (PictureRequest, PictureObserver) throws -> MadePicture

  init(_ make: @escaping (PictureRequest, PictureObserver) throws -> MadePicture) { self.make = make }

  func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
    try observer.cancellation.check()
    return try make(request, observer)
  }
}
