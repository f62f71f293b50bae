"""Small drawn pictures as PNG files: a ground with a square, which merging moves and tints."""

import struct
import zlib


def _chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(size, number, change):
    """The bytes of an RGB picture of size × size pixels; pictures of one number differ by `change` (0 to 1) only."""
    ground = bytes((60 + number * 37 % 150, 70 + number * 53 % 140, 80 + number * 71 % 130))
    square = bytes((200 - number * 29 % 120, 190 - int(80 * change), 60 + number * 17 % 90))
    side = size // 2
    left = size // 8 + int(size / 4 * change)
    plain = b"\0" + ground * size
    crossed = b"\0" + ground * left + square * side + ground * (size - left - side)
    rows = plain * (size // 4) + crossed * side + plain * (size - size // 4 - side)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")
    )
