"""Whole pipeline: 8-bit images of diffusers' StableDiffusionPipeline with tomesd, on the bundled
checkpoint and on a synthetic one that predicts v.

The protocol is one stream per image: torch.manual_seed(seed), a fresh apply_patch, and latents
from a generator of the same seed.
"""

import json
from pathlib import Path

import diffusers
import numpy as np
import tomesd
import torch
import transformers
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from fixture_io import LIBRARIES, write_fixture
from scheduler_noise import rounded_once, seeded
from synthetic import synthesize

CHECKPOINT = Path(__file__).resolve().parents[2] / "Sources/DemoCheckpoint/checkpoint"
STEPS = 20
# The schedulers by the names of `--scheduler`, with what they change in the checkpoint's own configuration.
SCHEDULERS = {
    "ddim": (diffusers.DDIMScheduler, {}),
    "pndm": (diffusers.PNDMScheduler, {}),
    "euler": (diffusers.EulerDiscreteScheduler, {}),
    "euler-ancestral": (diffusers.EulerAncestralDiscreteScheduler, {}),
    "dpmsolver++": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "dpmsolver++"}),
    "dpmsolver++-karras": (
        diffusers.DPMSolverMultistepScheduler,
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
    ),
    "sde-dpmsolver++": (diffusers.DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"}),
    "dpmsolver-singlestep": (diffusers.DPMSolverSinglestepScheduler, {"algorithm_type": "dpmsolver++"}),
    "dpmsolver-sde": (diffusers.DPMSolverSDEScheduler, {}),
    "dpmsolver-sde-karras": (diffusers.DPMSolverSDEScheduler, {"use_karras_sigmas": True}),
    "heun": (diffusers.HeunDiscreteScheduler, {}),
    "lms": (diffusers.LMSDiscreteScheduler, {}),
    "kdpm2": (diffusers.KDPM2DiscreteScheduler, {}),
    "kdpm2-ancestral": (diffusers.KDPM2AncestralDiscreteScheduler, {}),
    "unipc": (diffusers.UniPCMultistepScheduler, {}),
    "unipc-exponential": (diffusers.UniPCMultistepScheduler, {"use_exponential_sigmas": True}),
    "deis": (diffusers.DEISMultistepScheduler, {"algorithm_type": "deis"}),
    "ddpm": (diffusers.DDPMScheduler, {}),
    "lcm": (diffusers.LCMScheduler, {}),
    "tcd": (diffusers.TCDScheduler, {}),
}
DEFAULTS = {
    "prompt": "a red circle above a blue square", "negativePrompt": "", "guidanceScale": 4.0,
    "ratio": 0.5, "width": 64, "height": 64, "seed": 0, "scheduler": None, "steps": STEPS,
}  # fmt: skip
DEMO_CASES = [
    {"name": "ddim-default-size", "ratio": 0.0, "width": None, "height": None, "steps": 8},
    {"name": "ddim-baseline", "ratio": 0.0},
    {"name": "ddim-0.5"},
    {"name": "ddim-negative", "negativePrompt": "green, blurry"},
    {"name": "ddim-guidance-1", "guidanceScale": 1.0, "prompt": "a yellow star"},
    {"name": "ddim-wide", "width": 80, "height": 48, "prompt": "two dogs in the snow"},
    {"name": "pndm-baseline", "scheduler": "pndm", "ratio": 0.0},
    {"name": "pndm-0.5", "scheduler": "pndm"},
    {"name": "euler-0.5", "scheduler": "euler"},
    {"name": "euler-ancestral-0.5", "scheduler": "euler-ancestral"},
    {"name": "dpm-baseline", "scheduler": "dpmsolver++", "ratio": 0.0},
    {"name": "dpm-0.5", "scheduler": "dpmsolver++"},
    # The last timestep has no signal: with 15 steps or more, Karras's spacing has one timestep twice, and diffusers,
    # which finds its place by timestep, runs past the end.
    {"name": "dpm-karras-0.5", "scheduler": "dpmsolver++-karras", "steps": 8},
    # Take over another class's configuration, each its own part of it.
    *(
        {"name": f"{name}-baseline", "scheduler": name, "ratio": 0.0, "steps": 8, "width": 48, "height": 48}
        for name in (
            "sde-dpmsolver++", "dpmsolver-singlestep", "heun", "lms", "kdpm2", "kdpm2-ancestral", "unipc",
            "unipc-exponential", "deis", "ddpm", "lcm", "tcd", "dpmsolver-sde", "dpmsolver-sde-karras",
        )
    ),
    {"name": "dpmsolver-sde-0.5", "scheduler": "dpmsolver-sde"},
]
V_CASES = [
    {"name": "v-baseline", "ratio": 0.0, "guidanceScale": 3.0, "width": None, "height": None},
    {"name": "v-0.5", "guidanceScale": 3.0, "width": None, "height": None},
    {"name": "v-euler-0.5", "guidanceScale": 3.0, "scheduler": "euler", "width": 32, "height": 40},
    {"name": "v-dpm-0.5", "guidanceScale": 3.0, "scheduler": "dpmsolver++", "width": 32, "height": 24},
]


def synthetic_pipeline():
    """A tiny SD 2-like model: v prediction, linear projections, exact GELU in the text encoder."""
    unet = UNet2DConditionModel(
        sample_size=16, block_out_channels=(32, 64), norm_num_groups=8, layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=(2, 4), use_linear_projection=True, cross_attention_dim=32,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(16, 32), norm_num_groups=8, layers_per_block=1, sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        scaling_factor=0.5,
    )  # fmt: skip
    tokenizer = CLIPTokenizer.from_pretrained(CHECKPOINT / "tokenizer")
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, hidden_act="gelu", bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id, pad_token_id=0,
        )
    )  # fmt: skip
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=False, steps_offset=1, prediction_type="v_prediction",
    )  # fmt: skip
    # As read from its file: another scheduler then takes over every field, not only those set above.
    config = json.loads(scheduler.to_json_string())
    scheduler = DDIMScheduler.from_config(config)
    models = {
        "unet": (unet.config, synthesize(unet)),
        "vae": (vae.config, synthesize(vae)),
        "text_encoder": (text_encoder.config, synthesize(text_encoder, prefix="text_model.")),
        "scheduler": (config, None),
    }
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    return pipeline, models


def demo_pipeline():
    pipeline = StableDiffusionPipeline.from_pretrained(
        CHECKPOINT, dtype=torch.float32, safety_checker=None
    )
    return pipeline, {}


def image(pipeline, own_scheduler, case):
    scheduler = own_scheduler
    if case["scheduler"]:
        kind, changes = SCHEDULERS[case["scheduler"]]
        scheduler = kind.from_config(own_scheduler.config, **changes)
    else:
        scheduler = type(own_scheduler).from_config(own_scheduler.config)
    pipeline.scheduler = seeded(scheduler, case["seed"])
    torch.manual_seed(case["seed"])
    tomesd.remove_patch(pipeline)
    if case["ratio"] > 0:
        tomesd.apply_patch(pipeline, ratio=case["ratio"])
    result = pipeline(
        case["prompt"],
        negative_prompt=case["negativePrompt"],
        guidance_scale=case["guidanceScale"],
        num_inference_steps=case["steps"],
        width=case["width"],
        height=case["height"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]),
    )
    return result.images[0]


def spread(pixels, other):
    """The share of equal 8-bit values and the largest difference."""
    difference = np.abs(pixels.astype(int) - other.astype(int))
    return (difference == 0).mean(), difference.max()


def draws_by_levels(case):
    return (case["scheduler"] or "").startswith("dpmsolver-sde")


def libraries(cases):
    return [*LIBRARIES, "torchsde"] if any(map(draws_by_levels, cases)) else LIBRARIES


def without_mkldnn():
    return torch.backends.mkldnn.flags(enabled=False)


def reproducible(make, case, others=(without_mkldnn,)):
    """The 8-bit image that `make` gives for the case's first seed for which the reference agrees with itself, computed
    in `others` ways (functions that give context managers).

    Merging decides by the largest of many similarities. A near tie falls as rounding has it, and the
    image with it: with most seeds even torch's two convolution back ends disagree with each other.
    """
    if draws_by_levels(case):
        others = (*others, rounded_once)
    for seed in range(60):
        case["seed"] = seed
        pixels = np.asarray(make(case))
        for other in others:
            with other():
                equal, largest = spread(pixels, np.asarray(make(case)))
            if equal < 0.999 or largest > 1:
                break
        else:
            print(
                f"  {case['name']}: {pixels.shape}, seed {seed}, deviation {pixels.std():.1f}; "
                f"back ends: {equal:.3%} equal, largest difference {largest}",
                flush=True,
            )
            return pixels
    raise SystemExit(f"{case['name']}: the reference agrees with itself for no seed")


@torch.no_grad()
def make(name, build, rows):
    pipeline, models = build()
    pipeline.set_progress_bar_config(disable=True)
    own_scheduler = pipeline.scheduler
    cases = [DEFAULTS | row for row in rows]
    expected = {
        case["name"]: reproducible(lambda case: image(pipeline, own_scheduler, case), case) for case in cases
    }
    write_fixture("Pipeline", name, expected, {"cases": cases}, models, libraries=libraries(cases))


def main():
    torch.set_num_threads(1)
    make("demo", demo_pipeline, DEMO_CASES)
    make("v-prediction", synthetic_pipeline, V_CASES)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
