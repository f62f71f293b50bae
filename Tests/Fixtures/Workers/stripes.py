"""Pictures of stripes, for programs that stand for those that draw."""

import struct
import zlib


def png(width, height, shade, texts=()):
    """A PNG file whose stripes depend on `shade`, with (key, value) texts in it."""
    rows = b"".join(
        b"\0" + bytes((x * 5 + y * 3 + shade + 80 * c) % 256 for x in range(width) for c in range(3)) for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    written = b"".join(
        chunk(b"iTXt", key.encode("latin-1") + b"\0\0\0\0\0" + value.encode()) for key, value in texts)
    return b"".join([
        b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), written, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")])


def shade(prompt, seed, ratio):
    """Another one for another prompt, seed or ratio."""
    return int(zlib.crc32(prompt.encode()) % 97 + seed % 50 + 20 * ratio)
