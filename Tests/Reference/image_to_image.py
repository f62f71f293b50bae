"""Image to image: 8-bit pictures of diffusers' StableDiffusionImg2ImgPipeline with tomesd on the bundled checkpoint, and
of StableDiffusionXLImg2ImgPipeline on the miniature of `families.py`.

The protocol is that of `pipeline.py`: torch.manual_seed(seed), a fresh apply_patch, and one generator of the same seed,
of which the picture's latents, the noise on them and that of the steps are drawn.
"""

import diffusers
import numpy as np
import PIL.Image
import tomesd
import torch
import transformers
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionXLImg2ImgPipeline

import families
from families import plain_attention, two_threads
from fixture_io import write_fixture
from pipeline import CHECKPOINT, SCHEDULERS, libraries, reproducible, without_mkldnn
from scheduler_noise import seeded

CASE = {
    "prompt": "a red circle above a blue square", "negativePrompt": "", "guidanceScale": 4.0, "steps": 20,
    "ratio": 0.0, "maxDownsample": 1, "strength": 0.6, "picture": "wide", "width": None, "height": None,
}  # fmt: skip
SMALL = {"picture": "square", "steps": 8, "strength": 0.5}
DEMO_CASES = [
    *(
        {"name": f"{name}-{ratio}", "scheduler": name, "ratio": ratio}
        for name in ("ddim", "euler", "dpmsolver++", "heun")
        for ratio in (0.0, 0.5)
    ),
    {"name": "whole", "scheduler": "ddim", "strength": 1.0, "ratio": 0.5},
    {"name": "one-step", "scheduler": "ddim", "strength": 0.06, "negativePrompt": "green"},
    # 0.29 · 100 is a little less than 29 in double precision.
    {"name": "rounded-down", "scheduler": "euler", "steps": 100, "strength": 0.29, "picture": "square"},
    {"name": "no-guidance", "scheduler": "dpmsolver++", "guidanceScale": 1.0, **SMALL},
    *(
        {"name": f"{name}-small", "scheduler": name, **SMALL}
        for name in (
            "pndm", "euler-ancestral", "dpmsolver++-karras", "sde-dpmsolver++", "dpmsolver-singlestep", "lms", "kdpm2",
            "kdpm2-ancestral", "unipc", "deis", "ddpm", "lcm", "tcd", "dpmsolver-sde",
        )
    ),
    {"name": "pndm-0.5", "scheduler": "pndm", "ratio": 0.5},
    {"name": "dpmsolver-sde-0.5", "scheduler": "dpmsolver-sde", "ratio": 0.5},
    # Begins in the middle of a step of second order.
    {"name": "within-a-step", "scheduler": "dpmsolver-singlestep", **SMALL, "strength": 0.4},
]  # fmt: skip
XL_CASES = [
    {"name": "base", "scheduler": "euler", "guidanceScale": 5.0, "picture": "tiny"},
    {"name": "base-0.5", "scheduler": "euler", "guidanceScale": 5.0, "picture": "tiny", "ratio": 0.5, "maxDownsample": 2},
    {"name": "ancestral-0.5", "scheduler": "euler-ancestral", "guidanceScale": 0.0, "steps": 8, "picture": "tiny",
     "ratio": 0.5, "maxDownsample": 2},
]  # fmt: skip


def drawing(width, height):
    """A disc and a bar before a sky, of which neither side is a multiple of four unless asked for."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    sky = np.stack([90 + 100 * y / height, 140 + 60 * x / width, 210 - 80 * y / height], -1)
    disc = (x - width * 0.4) ** 2 + (y - height * 0.4) ** 2 < (0.25 * height) ** 2
    bar = (y > height * 0.7) & (x > width * 0.3)
    sky[disc] = (205, 40, 50)
    sky[bar] = (30, 60, 190)
    return sky.round().astype(np.uint8)


PICTURES = {"wide": drawing(75, 50), "square": drawing(48, 48), "tiny": drawing(33, 25)}


def picture(pipeline, scheduler, case):
    pipeline.scheduler = seeded(scheduler, case["seed"])
    torch.manual_seed(case["seed"])
    tomesd.remove_patch(pipeline)
    if case["ratio"] > 0:
        tomesd.apply_patch(pipeline, ratio=case["ratio"], max_downsample=case["maxDownsample"])
    result = pipeline(
        case["prompt"], image=PIL.Image.fromarray(PICTURES[case["picture"]]), strength=case["strength"],
        negative_prompt=case["negativePrompt"] or None, guidance_scale=case["guidanceScale"],
        num_inference_steps=case["steps"], generator=torch.Generator("cpu").manual_seed(case["seed"]),
    )  # fmt: skip
    tomesd.remove_patch(pipeline)
    return result.images[0]


@torch.no_grad()
def make(name, pipeline, scheduler, rows, others):
    pipeline.set_progress_bar_config(disable=True)
    cases = [CASE | row for row in rows]
    expected = {
        case["name"]: reproducible(lambda case: picture(pipeline, scheduler(case), case), case, others) for case in cases
    }
    used = {case["picture"] for case in cases}
    expected |= {f"picture.{key}": pixels for key, pixels in PICTURES.items() if key in used}
    for case in cases:
        case["height"], case["width"] = expected[case["name"]].shape[:2]
    write_fixture("ImageToImage", name, expected, {"pictures": cases}, libraries=libraries(cases))


def main():
    torch.set_num_threads(1)
    demo = StableDiffusionImg2ImgPipeline.from_pretrained(CHECKPOINT, dtype=torch.float32, safety_checker=None)
    own = demo.scheduler

    def scheduler(case):
        kind, changes = SCHEDULERS[case["scheduler"]]
        return kind.from_config(own.config, **changes)

    make("demo", demo, scheduler, DEMO_CASES, [without_mkldnn])
    base, _, schedulers = families.build(families.FAMILIES["sdxl"])
    xl = StableDiffusionXLImg2ImgPipeline(**base.components, add_watermarker=False)

    def own_scheduler(case):
        found = schedulers[case["scheduler"]]
        return type(found).from_config(found.config)

    make(
        "sdxl", xl, own_scheduler, XL_CASES,
        [without_mkldnn, lambda: plain_attention(xl), lambda: two_threads(xl)],
    )  # fmt: skip


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
