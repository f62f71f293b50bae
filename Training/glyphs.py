"""Pictures of single objects with an alpha channel: Noto Color Emoji glyphs and drawn shapes."""

import functools
import math
import os
import sys

from PIL import Image, ImageDraw, ImageFont

from vocabulary import COLOURS, DERIVED, GLYPHS

FONT = os.environ.get("NOTO_COLOR_EMOJI", "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
# A folder of what this file, run as a program, writes: for machines that have no such font.
CUTOUTS = os.environ.get("GLYPH_CUTOUTS")
STRIKE = 109  # the only size of the font's bitmaps


@functools.cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, STRIKE)


def _emoji(characters: str) -> Image.Image:
    picture = Image.new("RGBA", (160, 160), (0, 0, 0, 0))
    ImageDraw.Draw(picture).text((8, 8), characters, font=_font(), embedded_color=True)
    box = picture.getbbox()
    if box is None:
        raise RuntimeError(f"{FONT} has no glyph for {characters!r}; install fonts-noto-color-emoji")
    return picture.crop(box)


def _cowboy_hat() -> Image.Image:
    picture = Image.new("RGBA", (512, 288), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((6, 168, 506, 280), fill=(112, 70, 38, 255))
    draw.ellipse((30, 150, 482, 248), fill=(150, 98, 56, 255))
    crown = [(136, 214), (160, 40), (214, 12), (256, 44), (298, 12), (352, 40), (376, 214)]
    draw.polygon(crown, fill=(168, 112, 66, 255))
    draw.polygon([(133, 214), (139, 170), (373, 170), (379, 214)], fill=(72, 42, 24, 255))
    return picture.resize((256, 144), Image.LANCZOS)


def _stop_sign() -> Image.Image:
    sign = _emoji("🛑").resize((256, 256), Image.LANCZOS)
    font = ImageFont.load_default(88)
    white = (255, 255, 255, 255)
    ImageDraw.Draw(sign).text(
        (128, 128), "STOP", font=font, fill=white, anchor="mm", stroke_width=3, stroke_fill=white)
    return sign


def _shape(kind: str, colour: str) -> Image.Image:
    rgb = COLOURS[colour]
    picture = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)

    def tone(factor: float) -> tuple[int, int, int, int]:
        return tuple(int(min(255, value * factor + (40 if factor > 1 else 0))) for value in rgb) + (255,)

    if kind == "circle":
        draw.ellipse((8, 8, 504, 504), fill=tone(1))
    elif kind == "square":
        draw.rectangle((20, 20, 492, 492), fill=tone(1))
    elif kind == "triangle":
        draw.polygon([(256, 20), (500, 480), (12, 480)], fill=tone(1))
    elif kind in ("cube", "box"):
        # A box is a cube with an open top.
        draw.polygon([(20, 150), (350, 150), (350, 500), (20, 500)], fill=tone(1))
        draw.polygon([(350, 150), (492, 20), (492, 370), (350, 500)], fill=tone(0.68))
        draw.polygon([(20, 150), (162, 20), (492, 20), (350, 150)], fill=tone(1.2 if kind == "cube" else 0.4))
    elif kind == "heart":
        draw.ellipse((16, 40, 270, 294), fill=tone(1))
        draw.ellipse((242, 40, 496, 294), fill=tone(1))
        draw.polygon([(40, 240), (256, 190), (472, 240), (256, 490)], fill=tone(1))
    elif kind == "star":
        radii = [250 if k % 2 == 0 else 105 for k in range(10)]
        corners = [(radius, k * math.pi / 5) for k, radius in enumerate(radii)]
        draw.polygon([(256 + r * math.sin(a), 270 - r * math.cos(a)) for r, a in corners], fill=tone(1))
    else:
        raise ValueError(f"no shape is called {kind}")
    return picture.resize((256, 256), Image.LANCZOS).crop(picture.resize((256, 256)).getbbox())


def _file(noun: str, folder: str) -> str:
    return os.path.join(folder, noun.replace(" ", "_") + ".png")


@functools.cache
def picture(noun: str) -> Image.Image:
    """The cut-out of a noun of the vocabulary: a glyph's name, or `<colour> <shape>`."""
    if CUTOUTS and noun in (*GLYPHS, *DERIVED):
        return Image.open(_file(noun, CUTOUTS)).convert("RGBA")
    if noun in GLYPHS:
        return _emoji(GLYPHS[noun])
    if noun == "red pepper":
        _, green, blue, alpha = _emoji(GLYPHS["green pepper"]).split()
        bright, dark = green.point(lambda value: min(255, value * 5 // 4)), blue.point(lambda value: value // 2)
        return Image.merge("RGBA", (bright, dark, dark, alpha))
    if noun == "stop sign":
        return _stop_sign()
    if noun == "cowboy hat":
        return _cowboy_hat()
    colour, _, kind = noun.rpartition(" ")
    return _shape(kind, colour)


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: glyphs.py FOLDER: writes every glyph's cut-out there")
    os.makedirs(sys.argv[1], exist_ok=True)
    for noun in (*GLYPHS, *DERIVED):
        picture(noun).save(_file(noun, sys.argv[1]))


if __name__ == "__main__":
    main()
