"""Times this tool against torch + diffusers + tomesd on the same weights, turn by turn.

    python Benchmarks/peers.py --model FOLDER [--binary .build/release/tome-eval] [--size 512x512]
        [--ratios 0,0.5] [--steps 4] [--rounds 3] [--threads 2] [--json FILE]

Each turn makes one picture in a process of its own (A B A B ...), loading not counted. A turn's
figure is the median of its steps after the first: a UNet evaluation on the guidance pair with its
scheduler step. Ratios are taken between neighbours in time, since machines drift; the table has
their median and their smallest and largest. At ratio 0 the pictures of both are compared.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROMPT = "a photograph of an astronaut riding a horse"
STAGES = ["seconds_per_step", "text_seconds", "decode_seconds", "peak_memory_bytes"]


def peak_memory(reset=False):
    """Highest resident memory of this process in bytes since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def run_torch(arguments):
    """One picture with diffusers; prints the keys that `tome-eval generate --json` has."""
    import numpy as np
    import tomesd
    import torch
    from diffusers import StableDiffusionPipeline
    from PIL import Image

    torch.set_num_threads(arguments.threads)
    pipeline = StableDiffusionPipeline.from_pretrained(
        arguments.model, dtype=torch.float32, safety_checker=None
    )
    pipeline.set_progress_bar_config(disable=True)
    if arguments.ratio > 0:
        torch.manual_seed(arguments.seed)
        tomesd.apply_patch(pipeline, ratio=arguments.ratio)
    starts, ends = [], []
    pipeline.unet.register_forward_pre_hook(lambda *_: starts.append(time.perf_counter()))

    def step_ended(pipeline, index, timestep, values):
        ends.append(time.perf_counter())
        return values

    peak_memory(reset=True)
    begin = time.perf_counter()
    result = pipeline(
        PROMPT, width=arguments.width, height=arguments.height, num_inference_steps=arguments.steps,
        guidance_scale=7.5, generator=torch.Generator("cpu").manual_seed(arguments.seed),
        callback_on_step_end=step_ended, output_type="np",
    )  # fmt: skip
    end = time.perf_counter()
    pixels = (result.images[0] * 255).round().astype(np.uint8)
    Image.fromarray(pixels).save(arguments.output)
    print(
        json.dumps(
            {
                "step_seconds": [stop - start for start, stop in zip(starts, ends)],
                "text_seconds": starts[0] - begin,
                "decode_seconds": end - ends[-1],
                "peak_memory_bytes": peak_memory(),
            }
        )
    )


def turn(peer, options, ratio, output):
    """Runs one picture of a peer in its own process and returns its figures."""
    environment = os.environ | {"OMP_NUM_THREADS": str(options.threads)}
    if peer == "tome-eval":
        command = [
            str(options.binary), "generate", "--model", str(options.model), "--prompt", PROMPT,
            "--steps", str(options.steps), "--size", options.size, "--ratio", str(ratio), "--seed", "0",
            "--guidance-scale", "7.5", "--threads", str(options.threads), "--json", "--output", str(output),
        ]  # fmt: skip
    else:
        width, height = options.size.split("x")
        command = [
            sys.executable, __file__, "--torch-turn", "--model", str(options.model), "--steps",
            str(options.steps), "--width", width, "--height", height, "--ratio", str(ratio), "--seed", "0",
            "--threads", str(options.threads), "--output", str(output),
        ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr[-2000:]}")
    figures = json.loads(done.stdout[done.stdout.index("{") :])
    steps = figures["step_seconds"]
    figures["seconds_per_step"] = statistics.median(steps[1:] or steps)
    return figures


def equal_share(first, second):
    import numpy as np
    from PIL import Image

    difference = np.asarray(Image.open(first)).astype(int) - np.asarray(Image.open(second))
    return float((difference == 0).mean()), int(abs(difference).max())


def median_and_spread(values, unit=1.0):
    return f"{statistics.median(values) / unit:.3f} ({min(values) / unit:.3f}-{max(values) / unit:.3f})"


def compare(options):
    print(f"{options.model}, {options.size}, {options.steps} steps, {options.threads} threads, fp32")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        outputs = {peer: Path(folder) / f"{peer}.png" for peer in ["tome-eval", "torch"]}
        for ratio in options.ratios:
            turns = {peer: [] for peer in outputs}
            for number in range(options.rounds):
                for peer, output in outputs.items():
                    figures = turn(peer, options, ratio, output)
                    turns[peer].append(figures)
                    print(
                        f"  ratio {ratio}, round {number + 1}, {peer}: "
                        f"{figures['seconds_per_step']:.3f} s per step",
                        flush=True,
                    )
                if ratio == 0 and number == 0:
                    share, largest = equal_share(*outputs.values())
                    print(f"  pictures: {share:.3%} of values equal, largest difference {largest}")
            results[str(ratio)] = turns
    print_table(results)
    if options.json:
        options.json.write_text(json.dumps({"size": options.size, "ratios": results}, indent=1))


def print_table(results):
    print(f"\n{'ratio':>6} {'figure':<18} {'tome-eval':<24} {'torch':<24} tome-eval / torch")
    for ratio, turns in results.items():
        for stage in STAGES:
            ours, torchs = ([figures[stage] for figures in turns[peer]] for peer in ["tome-eval", "torch"])
            unit, name = (2**30, "peak memory GiB") if stage.endswith("bytes") else (1, stage)
            quotients = [a / b for a, b in zip(ours, torchs)]
            print(
                f"{ratio:>6} {name:<18} {median_and_spread(ours, unit):<24} "
                f"{median_and_spread(torchs, unit):<24} {median_and_spread(quotients)}"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4)
    if "--torch-turn" in sys.argv:
        parser.add_argument("--torch-turn", action="store_true")
        parser.add_argument("--width", type=int)
        parser.add_argument("--height", type=int)
        parser.add_argument("--ratio", type=float)
        parser.add_argument("--seed", type=int)
        parser.add_argument("--output", type=Path)
        return run_torch(parser.parse_args())
    parser.add_argument("--binary", type=Path, default=Path(".build/release/tome-eval"))
    parser.add_argument("--size", default="512x512")
    parser.add_argument(
        "--ratios", type=lambda text: [float(part) for part in text.split(",")], default=[0.0, 0.5]
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    compare(parser.parse_args())


if __name__ == "__main__":
    main()
