"""The captions that must work: the 40 prompts of Parti Prompts' `mini` subset, each with its layout."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placement:
    """An object by noun; centre and larger side as fractions of the picture's side."""

    noun: str
    x: float = 0.5
    y: float = 0.5
    size: float = 0.78


@dataclass(frozen=True)
class Layout:
    caption: str
    placements: tuple[Placement, ...]
    background: str | None = None


_SINGLES = {
    "a corgi": "corgi", "a robot": "robot", "a fox": "fox", "a panda": "panda", "a tiger": "tiger",
    "an owl": "owl", "a red circle": "red circle", "a cocktail": "cocktail", "a banana": "banana",
    "a violin": "violin", "a Christmas tree": "christmas tree",
    "The Statue of Liberty": "statue of liberty", "a pineapple": "pineapple", "a taxi": "taxi",
    "a volcano": "volcano", "an elephant": "elephant", "a crown": "crown", "the moon": "moon",
    "an airplane": "airplane", "a butterfly": "butterfly", "an octopus": "octopus",
    "a motorcycle": "motorcycle", "a pig face": "pig face", "a stop sign": "stop sign",
    "Icon of a red heart": "red heart", "A cartoon tiger face": "tiger face",
}

_P = Placement

MINI = tuple(Layout(caption, (_P(noun),)) for caption, noun in _SINGLES.items()) + (
    Layout(
        "a pineapple with one beer to its left and two beers on its right",
        (_P("pineapple", 0.41, 0.5, 0.62), _P("beer", 0.13, 0.62, 0.27), _P("beer", 0.66, 0.62, 0.27),
         _P("beer", 0.88, 0.62, 0.27))),
    Layout(
        "a pickup truck with a horse on its left and two dogs on its right",
        (_P("horse", 0.16, 0.5, 0.31), _P("pickup truck", 0.5, 0.5, 0.37), _P("dog", 0.84, 0.32, 0.28),
         _P("dog", 0.84, 0.68, 0.28))),
    Layout("a tall horse next to a red car", (_P("horse", 0.3, 0.42, 0.55), _P("red car", 0.77, 0.62, 0.4))),
    Layout("a giraffe with an owl on its head", (_P("giraffe", 0.5, 0.63, 0.7), _P("owl", 0.34, 0.15, 0.26))),
    Layout("an orange wearing a cowboy hat", (_P("orange", 0.5, 0.63, 0.62), _P("cowboy hat", 0.5, 0.27, 0.6))),
    Layout("a cow jumping over the moon", (_P("cow", 0.5, 0.27, 0.5), _P("moon", 0.5, 0.76, 0.4))),
    Layout("a TV on a horse", (_P("horse", 0.5, 0.66, 0.62), _P("tv", 0.5, 0.22, 0.36))),
    Layout("a red cube on top of a blue cube", (_P("blue cube", 0.5, 0.72, 0.46), _P("red cube", 0.5, 0.29, 0.46))),
    Layout("a red box next to a blue box", (_P("red box", 0.27, 0.5, 0.42), _P("blue box", 0.73, 0.5, 0.42))),
    Layout("a white background with a large blue circle", (_P("blue circle", 0.5, 0.5, 0.86),), "white"),
    Layout(
        "a green pepper to the left of a red pepper",
        (_P("green pepper", 0.27, 0.5, 0.44), _P("red pepper", 0.73, 0.5, 0.44))),
    Layout("two cats", (_P("cat", 0.27, 0.5, 0.44), _P("cat", 0.73, 0.5, 0.44))),
    Layout(
        "three green peppers",
        (_P("green pepper", 0.5, 0.27, 0.42), _P("green pepper", 0.26, 0.73, 0.42),
         _P("green pepper", 0.74, 0.73, 0.42))),
    Layout("a painting of a cute owl on a box", (_P("brown box", 0.5, 0.76, 0.44), _P("owl", 0.5, 0.32, 0.46))),
)
