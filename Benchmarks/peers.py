"""Times this tool against torch + diffusers + tomesd (and OpenVINO) on the same weights and inputs, in turn.

    python Benchmarks/peers.py --model FOLDER [--parts unet,vae,text,clip,picture] [--sizes 512,768x512]
        [--ratios 0,0.5] [--attention sdpa,plain] [--precision fp32] [--rounds 2] [--repeats 1] [--threads 2]
        [--steps 4] [--openvino PYTHON] [--json FILE] [--binary .build/release/tome-eval]

Every figure is taken turn by turn (A B A B ...), each turn in a process of its own: loading is not counted, one run
warms up, the median of the next --repeats counts. A picture is made once, as a user makes it. Quotients are taken
between neighbours in time, since machines drift; the table has medians, and the smallest and largest in brackets.
Peak memory is resident memory from after loading on for the peers, of the whole process for this tool.

The parts: unet (one evaluation for a guidance pair: a step), vae, text (a prompt and its negative), clip (a CLIP score;
needs FOLDER/clip), picture (--steps steps; at ratio 0 both pictures are compared). Of --attention, sdpa is this tool's
tiled attention. PYTHON is an interpreter with openvino, torch and diffusers; OpenVINO knows no merging.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TURN = Path(__file__).resolve().parent.parent / "Sources/Benchmarking/Peers/peer_turn.py"
PARTS = ["unet", "vae", "text", "clip", "picture"]
OURS, TORCH, OPENVINO = "tome-eval", "torch", "openvino"


def fail(command, done):
    sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stderr[-2000:]}")


def run(command, threads):
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        fail(command, done)
    return json.loads(done.stdout[done.stdout.index("{") :]) if "{" in done.stdout else None


def our_turn(item, options):
    precision = ["--precision", options.precision] if options.precision != "fp32" else []
    if item["part"] == "picture":
        figures = run(
            [options.binary, "generate", "--model", options.model, "--prompt", prompt(), "--json", "--seed", 0,
             "--steps", item["steps"], "--size", f"{item['width']}x{item['height']}", "--ratio", item["ratio"],
             "--guidance-scale", 7.5, "--threads", options.threads, "--output", item["output"], *precision],
            options.threads,
        )  # fmt: skip
        return {"seconds": figures["total_seconds"], "peak_memory_bytes": figures["peak_memory_bytes"]}
    figures = run([options.binary, "bench-turn", json.dumps(bench_turn(item, options))], options.threads)
    return {"seconds": statistics.median(figures["seconds"]), "peak_memory_bytes": figures["peakMemoryBytes"]}


def bench_turn(item, options):
    """What `tome-eval bench-turn` is given."""
    merging = {"ratio": item["ratio"], "maxDownsample": 1, "sx": 2, "sy": 2, "useRand": True, "mergeAttn": True,
               "mergeCrossattn": False, "mergeMlp": False}  # fmt: skip
    return {
        "subject": {"folder": {"path": item["clip"] if item["part"] == "clip" else str(options.model)}},
        "item": {
            "part": item["part"], "width": item["width"], "height": item["height"], "batch": 1,
            "attention": "plain" if item["attention"] == "plain" else "tiled",
            "precision": options.precision, "resident": "stored", **({"merging": merging} if item["ratio"] > 0 else {}),
        },
        "repeats": options.repeats, "threads": options.threads, "matrixProducts": "builtin",
    }  # fmt: skip


def peer_turn(peer, item, options, repeats=None):
    python = options.openvino if peer == OPENVINO else sys.executable
    turn = item | {
        "peer": peer, "model": str(options.model), "threads": options.threads, "precision": options.precision,
        "repeats": 0 if item["part"] == "picture" else options.repeats if repeats is None else repeats,
        "cache": str(options.cache),
    }  # fmt: skip
    return run([python, TURN, json.dumps(turn)], options.threads)


def prompt():
    return next(line for line in TURN.read_text().splitlines() if line.startswith("PROMPT")).split('"')[1]


def size(text):
    numbers = [int(part) for part in text.split("x")]
    return (numbers[0], numbers[-1])


def items(options, folder):
    """The rows of the table: what is timed, in words and as a turn."""
    factor = 2 ** (len(json.loads((options.model / "vae/config.json").read_text())["block_out_channels"]) - 1)
    clip = options.model / "clip"
    for width, height in options.sizes:
        base = {"width": width, "height": height, "factor": factor, "batch": 1, "ratio": 0.0, "attention": "sdpa",
                "clip": str(clip), "steps": options.steps}  # fmt: skip
        place = f"{width}x{height}"
        for attention in options.attention if "unet" in options.parts else []:
            for ratio in options.ratios:
                name = f"UNet step, {place}, {'plain attention, ' if attention == 'plain' else ''}ratio {ratio:g}"
                yield name, base | {"part": "unet", "ratio": ratio, "attention": attention}
        if "vae" in options.parts:
            yield f"VAE decoder, {place}", base | {"part": "vae"}
        for ratio in options.ratios if "picture" in options.parts else []:
            name = f"picture of {options.steps} steps, {place}, ratio {ratio:g}"
            yield name, base | {"part": "picture", "ratio": ratio, "output": str(folder / "picture.png")}
        if (width, height) == options.sizes[0]:
            if "text" in options.parts:
                yield "text encoder", base | {"part": "text"}
            if "clip" in options.parts and clip.exists():
                yield "CLIP score", base | {"part": "clip"}
            elif "clip" in options.parts:
                print(f"no CLIP scores: there is no {clip}; make_sd15.py --clip makes one", file=sys.stderr)


def has_openvino(options):
    if options.openvino is None:
        return False
    command = [options.openvino, "-c", "import openvino, torch, diffusers"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        print(f"OpenVINO is left out: {options.openvino}: {error.strerror}", file=sys.stderr)
        return False
    if done.returncode != 0:
        print(f"OpenVINO is left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    return done.returncode == 0


def peers_of(item, openvino):
    plain_unet = item["part"] == "unet" and item["ratio"] == 0 and item["attention"] == "sdpa"
    return [OURS, TORCH] + ([OPENVINO] if openvino and (plain_unet or item["part"] == "vae") else [])


def take_turns(name, item, options, openvino):
    """{peer: [figures of every round]}"""
    peers = peers_of(item, openvino)
    if OPENVINO in peers:
        peer_turn(OPENVINO, item, options, repeats=0)
    turns = {peer: [] for peer in peers}
    for number in range(options.rounds):
        pictures = {}
        for peer in peers:
            if "output" in item:
                item = item | {"output": str(Path(item["output"]).with_name(f"{peer}.png"))}
                pictures[peer] = item["output"]
            figures = our_turn(item, options) if peer == OURS else peer_turn(peer, item, options)
            turns[peer].append(figures)
            print(f"  {name}, round {number + 1}, {peer}: {figures['seconds']:.3f} s", file=sys.stderr, flush=True)
        if pictures and item["ratio"] == 0 and number == 0:
            print("  " + equality(*pictures.values()), file=sys.stderr)
    return turns


def equality(first, second):
    import numpy as np
    from PIL import Image

    difference = np.asarray(Image.open(first)).astype(int) - np.asarray(Image.open(second))
    return f"pictures: {(difference == 0).mean():.3%} of values equal, largest difference {abs(difference).max()}"


def spread(values, unit=1.0, decimals=None):
    """Median, and the extremes when there are several."""
    middle, low, high = (value / unit for value in (statistics.median(values), min(values), max(values)))
    places = decimals or (3 if middle < 1 else 2)
    return f"{middle:.{places}f}" + (f" ({low:.{places}f}–{high:.{places}f})" if len(values) > 1 else "")


def markdown(results, peers):
    others = [peer for peer in peers if peer != OURS]
    titles = ["", OURS] + [title for peer in others for title in (peer, f"÷ {peer}")]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for key, unit, mark in [("seconds", 1.0, " s"), ("peak_memory_bytes", 2.0**30, " GiB")]:
        for name, turns in results.items():
            title = name if key == "seconds" else f"memory: {name}"
            cells = [title, spread([figures[key] for figures in turns[OURS]], unit) + mark]
            for peer in others:
                if peer not in turns:
                    cells += ["", ""]
                    continue
                quotients = [ours[key] / theirs[key] for ours, theirs in zip(turns[OURS], turns[peer])]
                cells += [spread([t[key] for t in turns[peer]], unit) + mark, spread(quotients, decimals=2)]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def parse():
    def listed(convert):
        return lambda text: [convert(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/tome-eval"))
    parser.add_argument("--parts", type=listed(str), default=PARTS)
    parser.add_argument("--sizes", type=listed(size), default=[(512, 512)])
    parser.add_argument("--ratios", type=listed(float), default=[0.0, 0.5])
    parser.add_argument("--attention", type=listed(str), default=["sdpa"])
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--openvino")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "tome-eval-openvino")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"'{part}' is no part; there are {', '.join(PARTS)}")
    if options.precision != "fp32":
        offered = subprocess.run([options.binary, "help", "generate"], capture_output=True, text=True).stdout
        if "--precision" not in offered:
            parser.error(f"{options.binary} has no --precision; build a version that computes in {options.precision}")
    return options


def main():
    options = parse()
    openvino = has_openvino(options)
    results = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name, item in items(options, Path(folder)):
                results[name] = take_turns(name, item, options, openvino)
    except KeyboardInterrupt:
        print("interrupted; the table is of what was finished", file=sys.stderr)
    print(f"{options.model}, {options.threads} threads, {options.precision}, {options.rounds} rounds\n")
    print(markdown(results, [OURS, TORCH] + ([OPENVINO] if openvino else [])))
    if options.json:
        settings = {key: str(value) for key, value in vars(options).items() if key != "json"}
        options.json.write_text(json.dumps({"settings": settings, "results": results}, indent=1))


if __name__ == "__main__":
    main()
