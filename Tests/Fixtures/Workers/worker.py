"""A worker that draws stripes, and misbehaves as its first argument says: on every picture, or on those whose prompt
holds "bad". Needs nothing but Python."""

import json
import sys
import time

from stripes import png

mode = sys.argv[1] if len(sys.argv) > 1 else "good"
log = open(sys.argv[2], "a") if len(sys.argv) > 2 else None


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
