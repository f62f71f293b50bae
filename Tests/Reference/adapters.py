"""Adapters: 8-bit pictures of miniatures with LoRAs, as diffusers loads and fuses them with PEFT.

- sd1: Stable Diffusion 1.x; LoRAs as kohya's scripts, PEFT and older diffusers name them, with text encoders and
  convolutions, ranks varying by layer, two at once, and one applied by `cross_attention_kwargs`. All alphas of a file
  are the same: those of attention's projections that are not, diffusers leaves out, with a warning.
- sdxl: kohya's names for SDXL, whose blocks are those of the original training code, and both text encoders.

Whatever diffusers makes of a file is held against W + scale · alpha/rank · up · down first.
"""

import copy
import re

import diffusers
import torch
import transformers

import families
from families import CASE, DEEPER, MERGED, SD_UNET, XL_UNET, build, plain_attention, two_threads
from fixture_io import LIBRARIES, write_fixture
from pipeline import reproducible, without_mkldnn
from synthetic import Inputs

TEXT = {"hidden_size": 24, "num_hidden_layers": 3}
MODELS = {
    "sd1": {"unet": SD_UNET, "text": TEXT, "schedulers": ["ddim"]},
    "sdxl": {"unet": XL_UNET, "text": families.FAMILIES["sdxl"]["text"],
             "text_2": families.FAMILIES["sdxl"]["text_2"], "schedulers": ["euler"]},
}  # fmt: skip
ATTENTION = r"(attentions\.\d+\.(proj_in|proj_out|transformer_blocks\.\d+\.(attn[12]\.to_(q|k|v|out\.0)|ff\.net\.(0\.proj|2))))$"
CONVOLUTIONS = r"(resnets\.\d+\.(conv1|conv2|conv_shortcut|time_emb_proj)|(down|up)samplers\.0\.conv)$"
TEXTS = r"(self_attn\.(q|k|v|out)_proj|mlp\.fc[12])$"


def ldm(layer, layers_per_block):
    """The original training code's name of a UNet's layer."""
    parts = layer.split(".")
    side, kind = parts[0], parts[2] if parts[0] != "mid_block" else parts[1]
    level = int(parts[1]) if side != "mid_block" else 0
    index = int(parts[3]) if side != "mid_block" else int(parts[2])
    rest = parts[4:] if side != "mid_block" else parts[3:]
    if kind == "resnets":
        rest = {"conv1": "in_layers.2", "conv2": "out_layers.3", "time_emb_proj": "emb_layers.1",
                "conv_shortcut": "skip_connection"}[rest[0]].split(".")  # fmt: skip
    place = {"resnets": 0, "attentions": 1}.get(kind)
    if side == "mid_block":
        return ".".join(["middle_block", str({("resnets", 0): 0, ("attentions", 0): 1, ("resnets", 1): 2}[kind, index]), *rest])
    if side == "down_blocks":
        number = 1 + level * (layers_per_block + 1) + (index if kind != "downsamplers" else layers_per_block)
        return ".".join(["input_blocks", str(number), *(["0", "op"] if kind == "downsamplers" else [str(place), *rest])])
    number = level * (layers_per_block + 1) + (index if kind != "upsamplers" else layers_per_block)
    return ".".join(["output_blocks", str(number), *(["2", "conv"] if kind == "upsamplers" else [str(place), *rest])])


class LoRA:
    """A LoRA's tensors under the names of a file, and what it is meant to add to the weights."""

    def __init__(self, name, inputs):
        self.name, self.inputs, self.tensors, self.layers = name, inputs, {}, []

    def add(self, part, layer, module, keys, rank, alpha=None):
        """Makes the tensors of a layer; `keys` are those of down, up and, where there is an alpha, that."""
        weight = module.weight
        window = list(weight.shape[2:])
        inner = weight[0].numel()
        down = self.make(keys[0], [rank, weight.shape[1], *window], (3 / inner) ** 0.5)
        up = self.make(keys[1], [weight.shape[0], rank, *[1 for _ in window]], 0.5)
        if alpha is not None:
            self.make(keys[2], [], 0.0, alpha)
        change = (up.flatten(1) @ down.flatten(1)).reshape(weight.shape) * ((alpha or rank) / rank)
        self.layers.append((part, layer, change))

    def make(self, key, shape, scale, offset=0.0):
        made = self.inputs.tensor(f"{self.name}/{key}", shape, float(f"{scale:.4g}"), offset)
        self.tensors[key] = made
        return made


def modules(pipeline, part, pattern):
    model = getattr(pipeline, part)
    return [(name, module) for name, module in model.named_modules() if re.search(pattern, name)]


def kohya(pipeline, inputs, name, pattern, original=False):
    lora = LoRA(name, inputs)
    texts = {"text_encoder": "lora_te1" if original else "lora_te", "text_encoder_2": "lora_te2"}
    parts = [(part, prefix) for part, prefix in texts.items() if hasattr(pipeline, part)]
    for part, prefix in [("unet", "lora_unet"), *parts]:
        for index, (layer, module) in enumerate(modules(pipeline, part, pattern if part == "unet" else TEXTS)):
            flat = layer
            if part == "unet" and original:
                flat = ldm(layer, pipeline.unet.config.layers_per_block)
            if part != "unet" and not layer.startswith("text_model."):
                flat = "text_model." + layer
            key = f"{prefix}_{flat.replace('.', '_')}"
            keys = [f"{key}.lora_down.weight", f"{key}.lora_up.weight", f"{key}.alpha"]
            lora.add(part, layer, module, keys, rank=2 + index % 3, alpha=2.0)
    return lora


def peft(pipeline, inputs, name):
    lora = LoRA(name, inputs)
    for part, pattern in [("unet", ATTENTION), ("text_encoder", TEXTS)]:
        for index, (layer, module) in enumerate(modules(pipeline, part, pattern)):
            if index % 3 == 1:
                continue
            named = layer if part == "unet" or layer.startswith("text_model.") else "text_model." + layer
            keys = [f"{part}.{named}.lora_{side}.weight" for side in "AB"]
            lora.add(part, layer, module, keys, rank=1 + index % 4)
    return lora


def old(pipeline, inputs, name):
    """As diffusers wrote attention processors before PEFT."""
    lora = LoRA(name, inputs)
    for layer, module in modules(pipeline, "unet", r"attn[12]\.to_(q|k|v|out\.0)$"):
        named = re.sub(r"\.to_(q|k|v|out)(\.0)?$", r".processor.to_\1_lora", layer)
        lora.add("unet", layer, module, [f"unet.{named}.{side}.weight" for side in ("down", "up")], rank=3)
    return lora


def fused(pipeline, loras, scales):
    """A copy of the pipeline with the LoRAs fused by diffusers, checked against what they are meant to add."""
    result = copy.deepcopy(pipeline)
    before = {}
    for lora in loras:
        for part, layer, _ in lora.layers:
            before[part, layer] = getattr(pipeline, part).get_submodule(layer).weight.detach().clone()
    for lora, scale in zip(loras, scales):
        result.load_lora_weights(dict(lora.tensors), adapter_name=lora.name.replace(".", ""))
        result.fuse_lora(lora_scale=scale)
        result.unload_lora_weights()
        for part, layer, change in lora.layers:
            before[part, layer] = before[part, layer] + scale * change
    for (part, layer), weight in before.items():
        found = getattr(result, part).get_submodule(layer).weight
        assert torch.allclose(found, weight, atol=1e-5), f"{part} {layer}: {(found - weight).abs().max()}"
    return result


def picture(pipeline, schedulers, case):
    return families.picture(pipeline, schedulers, case)


def with_scale(pipeline, schedulers, case):
    """With the LoRA beside the weights, scaled when the pipeline is called."""
    call = pipeline.__call__
    scheduler = schedulers[case["scheduler"]]
    pipeline.scheduler = type(scheduler).from_config(scheduler.config)
    torch.manual_seed(case["seed"])
    return call(
        case["prompt"], negative_prompt=case["negativePrompt"] or None, guidance_scale=case["guidanceScale"],
        num_inference_steps=case["steps"], generator=torch.Generator("cpu").manual_seed(case["seed"]),
        cross_attention_kwargs={"scale": case["loras"][0]["scale"]},
    ).images[0]  # fmt: skip


LORAS = {
    "sd1": [
        {"name": "kohya", "make": lambda p, i: kohya(p, i, "kohya", ATTENTION)},
        {"name": "peft", "make": lambda p, i: peft(p, i, "peft")},
        {"name": "convolutions", "make": lambda p, i: kohya(p, i, "convolutions", CONVOLUTIONS)},
        {"name": "old", "make": lambda p, i: old(p, i, "old")},
    ],
    "sdxl": [
        {"name": "kohya", "make": lambda p, i: kohya(p, i, "kohya", ATTENTION, original=True)},
        {"name": "convolutions", "make": lambda p, i: kohya(p, i, "convolutions", CONVOLUTIONS, original=True)},
    ],
}
PICTURES = {
    "sd1": [
        {"name": "kohya", "loras": [("kohya", 1.0)]},
        {"name": "kohya-0.5", "loras": [("kohya", 0.7)], **MERGED},
        {"name": "peft", "loras": [("peft", 1.0)], "negativePrompt": "green, blurry"},
        {"name": "peft-0.5", "loras": [("peft", 1.0)], **MERGED},
        {"name": "convolutions", "loras": [("convolutions", 0.8)]},
        {"name": "convolutions-0.5", "loras": [("convolutions", 0.8)], **MERGED},
        {"name": "old", "loras": [("old", 1.0)]},
        {"name": "two", "loras": [("kohya", 0.6), ("peft", -0.5)]},
        {"name": "kwargs", "loras": [("kohya", 0.5)]},
    ],
    "sdxl": [
        {"name": "kohya", "loras": [("kohya", 1.0)]},
        {"name": "kohya-0.5", "loras": [("kohya", 0.7)], **DEEPER},
        {"name": "convolutions", "loras": [("convolutions", 0.8)]},
        {"name": "convolutions-0.5", "loras": [("convolutions", 0.8)], **DEEPER},
    ],
}


@torch.no_grad()
def make(name, family):
    pipeline, models, schedulers = build(family)
    inputs, expected, pictures = Inputs(), {}, []
    loras = {row["name"]: row["make"](pipeline, inputs) for row in LORAS[name]}
    for row in PICTURES[name]:
        case = CASE | {"scheduler": family["schedulers"][0], "steps": 10} | row
        names, scales = [n for n, _ in row["loras"]], [s for _, s in row["loras"]]
        case["loras"] = [{"name": n, "scale": s} for n, s in row["loras"]]
        if row["name"] == "kwargs":
            changed, draw = copy.deepcopy(pipeline), with_scale
            changed.load_lora_weights(dict(loras[names[0]].tensors))
            others = [without_mkldnn]
        else:
            changed, draw = fused(pipeline, [loras[n] for n in names], scales), picture
            others = [without_mkldnn, lambda: plain_attention(changed), lambda: two_threads(changed)]
        expected[case["name"]] = reproducible(lambda case: draw(changed, schedulers, case), case, others)
        pictures.append(case)
    settings = {"pictures": pictures, "loras": {n: sorted(lora.tensors) for n, lora in loras.items()}}
    write_fixture("Adapters", name, expected, settings, models, inputs.plan, [*LIBRARIES, "peft"])


def main():
    torch.set_num_threads(1)
    for name, family in MODELS.items():
        make(name, family)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
