#!/usr/bin/env python3
"""Stands for a Python with torch: takes what `tome-eval bench --peers` gives an interpreter (-c SCRIPT REQUEST), runs
no script, and answers as peer_turn.py does, or misbehaves as PEER_MODE says. Every request goes into the file PEER_LOG,
where that is named."""

import json
import os
import sys

mode = os.environ.get("PEER_MODE", "good")
option, script, text = sys.argv[1:]
request = json.loads(text)
if option != "-c" or "tomesd.apply_patch" not in script:
    sys.exit("this is not how an interpreter is given the script")
if "PEER_LOG" in os.environ:
    with open(os.environ["PEER_LOG"], "a") as log:
        log.write(json.dumps(request | {"omp": os.environ["OMP_NUM_THREADS"]}) + "\n")
threads = request["threads"]
if request["part"] == "versions":
    if mode == "lacks":
        sys.exit("no working package 'tomesd'")
    print("a library greets")
    versions = {"torch": "9.1", "diffusers": "9.2", "transformers": "9.3", "tomesd": "9.4"}
    print(json.dumps({"python": "3.99", "versions": versions, "threads": threads + (mode == "threads")}))
elif mode == "fails":
    print("Traceback", file=sys.stderr)
    sys.exit("RuntimeError: no such thing")
else:
    seconds = 0.25 if request.get("merging") else 0.5
    print(json.dumps({
        "first_seconds": 2 * seconds, "runs": [seconds] * (request["repeats"] + (mode == "many")),
        "peak_memory_bytes": 1 << 28, "threads": threads}))
