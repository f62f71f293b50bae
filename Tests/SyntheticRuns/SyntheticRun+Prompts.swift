package import ResultStore

extension SyntheticRun {
  package static let samplePrompts: [PromptRecord] = [
    ("a corgi", "Animals", "Basic"), ("an owl on a violin", "Animals", "Imagination"),
    ("a red cube to the left of a blue sphere", "Artifacts", "Properties & Positioning"),
    ("three yellow stars on a purple background", "Abstract", "Quantity"),
    ("the Statue of Liberty next to a volcano", "World Knowledge", "Imagination"),
    ("a small green triangle on top of a large orange box", "Artifacts", "Properties & Positioning"),
    ("a tiger", "Animals", "Basic"), ("two pandas", "Animals", "Quantity"),
    ("a watercolor of a heart", "Arts", "Style & Format"), ("happiness", "Abstract", "Basic"),
    ("a pyramid under a full moon", "Outdoor Scenes", "Basic"),
    ("a bowl of soup", "Food & Beverage", "Basic"),
    ("a robot painted as graffiti on a brick wall", "Illustrations", "Style & Format"),
    ("four balloons above a car", "Vehicles", "Quantity"), ("a lighthouse", "Outdoor Scenes", "Basic"),
    ("a pixel art fox", "Animals", "Style & Format"),
    ("a teapot next to a banana", "Food & Beverage", "Basic"),
    ("a train on a bridge", "Vehicles", "Basic"), ("a cactus in the snow", "Outdoor Scenes", "Imagination"),
    ("a violin", "Artifacts", "Basic"), ("a wolf howling", "Animals", "Basic"),
    ("a map of an island", "World Knowledge", "Fine-grained Detail"),
    (
      "a close-up photo of an old wooden boat that lies on a beach at sunset, painted in faded blue and white, "
        + "with a torn sail, two gulls on its bow and the word \"HOPE\" written along its side in red letters",
      "Vehicles", "Complex"
    ),
    ("a circle", "Abstract", "Simple Detail"),
  ].enumerated().map { index, entry in
    PromptRecord(row: 40 + index * 7, text: entry.0, category: entry.1, challenge: entry.2, subset: "mini")
  }
}
