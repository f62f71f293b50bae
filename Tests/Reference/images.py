"""Fixtures of the Images target: what Pillow reads from PNG files and makes of them when it resizes.

    python Tests/Reference/images.py
"""

import io
import json
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, PngImagePlugin, features

FOLDER = Path(__file__).resolve().parents[1] / "Fixtures" / "Images"
FILTERS = ["box", "bilinear", "bicubic", "lanczos"]
SIZES = [(1, 1), (7, 5), (20, 10), (20, 11), (16, 11), (23, 17), (24, 17), (23, 40), (31, 29), (64, 3), (61, 47)]


def scene(width, height, seed=7):
    """Hard edges, a gradient and noise: what overshoots and rounding show on."""
    y, x = np.mgrid[0:height, 0:width]
    red = np.where((x // 3 + y // 2) % 2 == 0, 255, 0)
    green = 255 * x // max(width - 1, 1)
    blue = np.random.default_rng(seed).integers(0, 256, (height, width))
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def save(name, image, **options):
    """Writes the PNG and, beside it, the RGB values that Pillow reads back from it."""
    image.save(FOLDER / f"{name}.png", **options)
    Image.open(FOLDER / f"{name}.png").convert("RGB").save(FOLDER / f"{name}.expected.ppm")


def interlaced(image, color_type, depth, channels, data):
    """Adam7 by hand, since Pillow does not write it: `data` is [h, w, channels] of unsigned samples."""
    import struct
    import zlib

    height, width = data.shape[:2]
    raw = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        part = data[y0::dy, x0::dx]
        if part.size == 0:
            continue
        for row in part:
            raw += b"\0" + row.astype(">u2" if depth == 16 else "u1").tobytes()

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def save_bytes(name, data):
    (FOLDER / f"{name}.png").write_bytes(data)
    Image.open(io.BytesIO(data)).convert("RGB").save(FOLDER / f"{name}.expected.ppm")


def modes():
    rng = np.random.default_rng(3)
    rgb = Image.fromarray(scene(13, 9))
    alpha = Image.fromarray(rng.integers(0, 256, (9, 13), dtype=np.uint8))
    gray = rgb.convert("L")
    wide = rng.integers(0, 65536, (9, 13, 4)).astype(np.uint16)
    wide[:, :6] %= 400
    save("rgb", rgb)
    save("rgb-transparent-color", rgb, transparency=(255, 0, 60))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    save("rgba", rgba)
    save("gray", gray)
    save("gray-transparent-value", gray, transparency=77)
    save("gray-alpha", Image.merge("LA", (gray, alpha)))
    save("one-bit", gray.convert("1"))
    save("gray-16", Image.fromarray(wide[:, :, 0]))
    for bits in (1, 2, 4, 8):
        palette = rgb.quantize(2**bits)
        save(f"palette-{bits}", palette, bits=bits)
    save("palette-transparent", rgb.quantize(16), bits=4, transparency=bytes([0, 128, 255] + [255] * 13))
    for color_type, name, channels in [(0, "gray", 1), (2, "rgb", 3), (4, "gray-alpha", 2), (6, "rgba", 4)]:
        save_bytes(f"interlaced-{name}-16", interlaced(rgb, color_type, 16, channels, wide[:, :, :channels]))
    save_bytes("interlaced-rgb", interlaced(rgb, 2, 8, 3, scene(13, 9)))


def texts():
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a corgi, café\nNegative prompt: blurry\nSteps: 20, Seed: 1")
    info.add_text("prompt", "ein Schloß 城 🦊")
    info.add_text("compressed", "latin " * 50, zip=True)
    info.add_itxt("compressed international", "城 " * 50, lang="ja", tkey="鍵", zip=True)
    info.add_text("empty", "")
    image = Image.fromarray(scene(3, 2))
    image.save(FOLDER / "text.png", pnginfo=info)
    image.load()
    read = Image.open(FOLDER / "text.png")
    read.load()
    return dict(read.text)


def other_forms():
    """JPEG and WebP as people's tools write them, two with the web UI's text in their Exif comment."""
    picture = Image.fromarray(scene(37, 21))
    text = "a corgi, café\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 37x21, Token merging ratio: 0.5"
    alpha = picture.copy()
    alpha.putalpha(Image.fromarray(np.random.default_rng(3).integers(0, 256, (21, 37), dtype=np.uint8)))

    def comment(order):
        exif = Image.Exif()
        encoding = "utf-16-be" if order == "big" else "utf-16-le"
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode(encoding)
        return exif.tobytes()

    for name, image, options in [
        ("jpeg.jpg", picture, {"quality": 90, "exif": comment("big")}),
        ("jpeg-444.jpg", picture, {"quality": 95, "subsampling": 0}),
        ("jpeg-progressive.jpg", picture, {"quality": 80, "progressive": True}),
        ("jpeg-gray.jpg", picture.convert("L"), {"quality": 90}),
        ("webp.webp", picture, {"quality": 85, "exif": comment("little")}),
        ("webp-lossless.webp", picture, {"lossless": True}),
        ("webp-alpha.webp", alpha, {"lossless": True, "exact": True}),
    ]:
        image.save(FOLDER / name, **options)
        Image.open(FOLDER / name).convert("RGB").save(FOLDER / f"{name}.ppm")
    picture.convert("CMYK").save(FOLDER / "cmyk.jpg")
    picture.save(FOLDER / "animation.webp", save_all=True, append_images=[Image.fromarray(scene(37, 21, 8))])
    return text


def resizing():
    source = scene(23, 17)
    Image.fromarray(source).save(FOLDER / "resize-source.png")
    for name in FILTERS:
        for width, height in SIZES:
            resized = Image.fromarray(source).resize((width, height), Image.Resampling[name.upper()])
            resized.save(FOLDER / f"resize-{name}-{width}x{height}.png")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    modes()
    resizing()
    description = {
        "versions": {
            "pillow": PIL.__version__, "numpy": np.__version__,
            **{name: features.version(name) for name in ("libjpeg_turbo", "webp")},
        },
        "comment": other_forms(),
        "text": texts(),
        "filters": FILTERS,
        "sizes": SIZES,
    }
    (FOLDER / "images.json").write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(list(FOLDER.iterdir()))} files in {FOLDER}")
