"""Contact sheets: many pictures of one size in rows, for looking at."""

import os

import numpy as np
import torch
from PIL import Image


def pixels(image: Image.Image) -> torch.Tensor:
    """[3, H, W] in [-1, 1]."""
    return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 127.5 - 1


def image(tensor: torch.Tensor) -> Image.Image:
    """The picture of a [3, H, W] tensor in [-1, 1]."""
    levels = ((tensor.float().clamp(-1, 1) + 1) * 127.5).round().byte()
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())


def write_sheet(images: list[Image.Image], columns: int, path: str) -> None:
    """Writes the pictures row by row as one PNG."""
    width, height = images[0].size
    rows = -(-len(images) // columns)
    canvas = Image.new("RGB", (columns * width, rows * height), (255, 255, 255))
    for index, picture in enumerate(images):
        canvas.paste(picture, (index % columns * width, index // columns * height))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    canvas.save(path + ".part", "PNG")
    os.replace(path + ".part", path)
