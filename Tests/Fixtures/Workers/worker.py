"""A worker that draws stripes, and misbehaves as its first argument says: on every picture, or on those whose prompt
holds "bad". Needs nothing but Python."""

import json
import struct
import sys
import time
import zlib

mode = sys.argv[1] if len(sys.argv) > 1 else "good"
log = open(sys.argv[2], "a") if len(sys.argv) > 2 else None


def png(width, height, shade):
    rows = b"".join(
        b"\0" + bytes((x * 5 + y * 3 + shade + 80 * c) % 256 for x in range(width) for c in range(3)) for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def answer(value):
    print(json.dumps(value), flush=True)


for line in sys.stdin:
    request = json.loads(line)
    if request["type"] == "bye":
        break
    if request["type"] == "hello":
        if mode == "refuses":
            answer({"error": "no model called 'nothing' here"})
            continue
        answer({
            "protocol": 2 if mode == "newer" else 1, "name": "stripes", "version": "1.5", "device": "abacus", "model": "stripes-v1",
            "defaults": {"width": 64, "height": 48, "steps": 4, "guidance_scale": 5}, "factor": 8,
            "schedulers": ["euler"], "merging": ["ratio", "max_downsample"]})
        continue
    if log:
        log.write(json.dumps(request) + "\n")
        log.flush()
    ratio = (request.get("merging") or {}).get("ratio", 0)
    if mode != "good" and "bad" in request["prompt"]:
        if mode == "dies":
            print("out of memory", file=sys.stderr, flush=True)
            sys.exit(9)
        if mode == "garbage":
            print("Loading...", flush=True)
            continue
        if mode == "other":
            answer({"id": 999, "path": request["output"], "seconds": 1.0})
            continue
        if mode == "hangs":
            time.sleep(60)
        if mode == "says":
            answer({"id": request["id"], "error": "prompts like this are not drawn"})
            continue
        if mode == "small":
            request["width"] = 8
    with open(request["output"], "wb") as file:
        file.write(png(request["width"], request["height"], int(request["seed"] % 50 + 20 * ratio)))
    answer({"id": request["id"], "path": request["output"], "seconds": 2.0 - ratio})
