"""Trains the demonstration checkpoint from nothing: tokenizer, CLIP, scorer, VAE, decoder, UNet, export."""

import argparse
import importlib
import os

import torch
import transformers

PARTS = ("tokenizer", "clip", "scorer", "vae", "decoder", "unet", "export")
# What the embedded checkpoint was given.
BUDGET = {"clip": 26.0, "scorer": 25.0, "vae": 13.0, "decoder": 16.0, "coarse": 27.0, "unet": 126.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", required=True, help="folder for intermediate checkpoints, sheets and the result")
    parser.add_argument(
        "--budget", nargs="*", default=[], metavar="PART=MINUTES",
        help=f"processor minutes (all cores together) per part; default {BUDGET}")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    budget = dict(BUDGET)
    for entry in arguments.budget:
        part, _, minutes = entry.partition("=")
        if part not in budget:
            parser.error(f"--budget {entry}: no part {part}; choose from {', '.join(budget)}")
        budget[part] = float(minutes)
    torch.set_num_threads(arguments.threads)
    # A tower loaded out of the whole CLIP lists the other tower's weights as unexpected.
    transformers.logging.set_verbosity_error()
    os.makedirs(arguments.work, exist_ok=True)
    for part in arguments.parts:
        module = importlib.import_module("vae" if part == "decoder" else part)
        if part == "tokenizer":
            folder = os.path.join(arguments.work, "tokenizer")
            if not os.path.exists(os.path.join(folder, "vocab.json")):
                module.train(folder)
        elif part == "export":
            module.export(arguments.work, os.path.join(arguments.work, "checkpoint"))
        elif part == "decoder":
            module.train_decoder(arguments.work, budget[part])
        elif part == "unet":
            module.train(arguments.work, coarse_minutes=budget["coarse"], minutes=budget["unet"])
        else:
            module.train(arguments.work, budget[part])


if __name__ == "__main__":
    main()
