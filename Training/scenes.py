"""Scenes composed by a program, with captions that say what is there."""

import random

from PIL import Image

from captions import MINI, Layout, Placement
from glyphs import picture
from vocabulary import (
    COLOURS, DERIVED, GLYPHS, NUMBERS, PLAIN_BACKGROUNDS, SHAPE_COLOURS, SHAPES, UNIQUE, plural, with_article)

NOUNS = tuple(GLYPHS) + DERIVED

# How often each kind of scene is drawn. Most scenes have a `mini` caption: a demonstration
# model may know its vocabulary by heart.
MINI_SHARE = 0.6
KINDS = (("single", 0.5), ("count", 0.2), ("pair", 0.3))

# Composite scenes of `mini` are harder than single objects and drawn this much more often.
COMPOSITE_WEIGHT = 1.6
_MINI_WEIGHTS = [COMPOSITE_WEIGHT if len(layout.placements) > 1 else 1.0 for layout in MINI]

# Relations: words between two nouns, and where the first and the second stand.
_SIDE, _STACK = ((0.27, 0.5), (0.73, 0.5)), ((0.5, 0.28), (0.5, 0.73))
RELATIONS = (
    ("next to", _SIDE), ("and", _SIDE), ("to the left of", _SIDE), ("to the right of", _SIDE[::-1]),
    ("on top of", _STACK), ("above", _STACK), ("on", _STACK), ("below", _STACK[::-1]))

PREFIXES = ("a photo of", "a painting of", "a drawing of", "an illustration of", "a sketch of")


def _noun(rng: random.Random, but: str = "") -> str:
    if rng.random() < 0.25:
        noun = f"{rng.choice(SHAPE_COLOURS)} {rng.choice(SHAPES)}"
    else:
        noun = rng.choice(NOUNS)
    return noun if noun != but else _noun(rng, but)


def _single(rng: random.Random) -> Layout:
    noun = _noun(rng)
    chance = rng.random()
    if chance < 0.1:
        return Layout(f"a small {noun}", (Placement(noun, size=0.4),))
    if chance < 0.2:
        return Layout(f"a large {noun}", (Placement(noun, size=0.9),))
    return Layout(with_article(noun), (Placement(noun),))


def _count(rng: random.Random) -> Layout:
    noun = _noun(rng)
    while noun in UNIQUE:
        noun = _noun(rng)
    number = rng.choice((2, 2, 3))
    points = ((0.27, 0.5), (0.73, 0.5)) if number == 2 else ((0.5, 0.27), (0.26, 0.73), (0.74, 0.73))
    size = 0.44 if number == 2 else 0.42
    return Layout(f"{NUMBERS[number]} {plural(noun)}", tuple(Placement(noun, x, y, size) for x, y in points))


def _pair(rng: random.Random) -> Layout:
    first = _noun(rng)
    second = _noun(rng, but=first)
    words, (a, b) = rng.choice(RELATIONS)
    return Layout(
        f"{with_article(first)} {words} {with_article(second)}",
        (Placement(first, *a, 0.44), Placement(second, *b, 0.44)))


def _reworded(caption: str, rng: random.Random) -> str:
    chance = rng.random()
    if chance < 0.2:
        return f"{rng.choice(PREFIXES)} {caption}"
    if chance < 0.3:
        return caption.split(" ", 1)[1] if caption.startswith(("a ", "an ", "the ")) else caption
    return caption


def layout(rng: random.Random, mini_share: float = MINI_SHARE) -> Layout:
    """A random layout; most are those of the `mini` captions, word for word."""
    if rng.random() < mini_share:
        return rng.choices(MINI, _MINI_WEIGHTS)[0]
    kind = rng.choices([name for name, _ in KINDS], [weight for _, weight in KINDS])[0]
    made = {"single": _single, "count": _count, "pair": _pair}[kind](rng)
    caption, background = _reworded(made.caption, rng), None
    if rng.random() < 0.25:
        # A background in the colour of an object would hide it.
        used = {word for place in made.placements for word in place.noun.split()}
        background = rng.choice([name for name in COLOURS if name not in used])
        caption += f" on a {background} background"
    return Layout(caption, made.placements, background)


def draw(layout: Layout, rng: random.Random, size: int) -> Image.Image:
    """The layout as a `size`×`size` picture, with small random shifts and scales."""
    background = COLOURS[layout.background] if layout.background else rng.choice(PLAIN_BACKGROUNDS)
    canvas = Image.new("RGBA", (size, size), background + (255,))
    scale = rng.uniform(0.95, 1.04)
    dx, dy = rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02)
    for place in layout.placements:
        cutout = picture(place.noun)
        factor = place.size * scale * size / max(cutout.size)
        cutout = cutout.resize([max(1, round(side * factor)) for side in cutout.size], Image.LANCZOS)
        centre = (place.x + dx) * size, (place.y + dy) * size
        corner = [round(c - side / 2) for c, side in zip(centre, cutout.size)]
        left, top = max(0, -corner[0]), max(0, -corner[1])
        canvas.alpha_composite(cutout, (max(0, corner[0]), max(0, corner[1])), (left, top))
    return canvas.convert("RGB")


def scene(rng: random.Random, size: int, mini_share: float = MINI_SHARE) -> tuple[Image.Image, str]:
    """A random scene and its caption."""
    chosen = layout(rng, mini_share)
    return draw(chosen, rng, size), chosen.caption
