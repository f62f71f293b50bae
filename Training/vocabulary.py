"""What the demonstration model can draw: nouns with one glyph each, shapes, colours, backgrounds."""

# One clean glyph per noun. Nouns sharing a glyph are synonyms; a glyph never has two looks.
GLYPHS = {
    "corgi": "🐕", "dog": "🐕", "cat": "🐈", "fox": "🦊", "panda": "🐼", "tiger": "🐅",
    "tiger face": "🐯", "owl": "🦉", "elephant": "🐘", "butterfly": "🦋", "octopus": "🐙",
    "horse": "🐎", "giraffe": "🦒", "cow": "🐄", "pig face": "🐷", "robot": "🤖",
    "cocktail": "🍸", "beer": "🍺", "banana": "🍌", "pineapple": "🍍", "orange": "🍊",
    "green pepper": "🫑", "violin": "🎻", "crown": "👑", "christmas tree": "🎄",
    "statue of liberty": "🗽", "volcano": "🌋", "moon": "🌙", "airplane": "✈️",
    "motorcycle": "🏍️", "taxi": "🚕", "red car": "🚗", "pickup truck": "🛻", "tv": "📺",
    "red apple": "🍎", "train": "🚂", "house": "🏠", "rose": "🌹",
    "rocket": "🚀", "penguin": "🐧", "mushroom": "🍄",
}

# Drawn by `glyphs.py` from another glyph or from polygons: no fitting emoji exists.
DERIVED = ("red pepper", "cowboy hat", "stop sign")

SHAPES = ("circle", "square", "triangle", "cube", "box", "heart", "star")

# Nouns that take the definite article, because there is one of them.
UNIQUE = ("moon", "statue of liberty")

# The colours of drawn shapes; the others appear as backgrounds only.
SHAPE_COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "black")

COLOURS = {
    "white": (252, 252, 252), "black": (28, 28, 32), "gray": (150, 152, 158), "red": (220, 40, 44),
    "orange": (243, 146, 40), "yellow": (250, 214, 62), "green": (66, 166, 78),
    "blue": (44, 106, 214), "purple": (134, 76, 186), "pink": (246, 170, 198),
    "brown": (126, 88, 62),
}

# A caption that names no background gets one of these; few and pale, so that the objects stand out
# and the generator spends little on guessing.
PLAIN_BACKGROUNDS = ((201, 224, 246), (250, 238, 210), (209, 237, 215), (238, 224, 244))

NUMBERS = {2: "two", 3: "three"}

IRREGULAR_PLURALS = {"tiger face": "tiger faces", "pig face": "pig faces", "statue of liberty": "statues of liberty"}


def with_article(noun: str) -> str:
    """`an owl`, `a corgi`, `the moon`."""
    if noun in UNIQUE:
        return "the " + noun
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def plural(noun: str) -> str:
    """`owls`, `foxes`, `tiger faces`."""
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")
