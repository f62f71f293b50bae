"""Second pass ("hires fix"): 8-bit pictures of two pipelines of diffusers, one after the other, each with tomesd.

The first pass is StableDiffusionPipeline up to its latents. Between them, latents are enlarged by torch's own
`interpolate`, as the web UI's latent upscalers do it, or decoded and resized by Pillow. The second pass is
StableDiffusionImg2ImgPipeline: of N steps with a strength s it is given int(N / min(s, 0.999)) steps and a strength that
leaves N of them, as `setup_img2img_steps` of the web UI counts. Each pass begins with torch.manual_seed(seed), a fresh
apply_patch, and a generator of the same seed.
"""

import diffusers
import PIL.Image
import tomesd
import torch
import transformers
from diffusers import (
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLImg2ImgPipeline,
)

import families
from families import plain_attention, two_threads
from fixture_io import write_fixture
from pipeline import CHECKPOINT, SCHEDULERS, libraries, reproducible, without_mkldnn
from scheduler_noise import seeded

CASE = {
    "prompt": "a red circle above a blue square", "negativePrompt": "", "guidanceScale": 4.0, "steps": 10,
    "scheduler": "ddim", "ratio": 0.0, "maxDownsample": 1, "width": 48, "height": 32,
    "hires": {"width": 96, "height": 64, "steps": 6, "strength": 0.5, "upscaler": "latent", "ratio": 0.0},
}  # fmt: skip
BOTH, FIRST, SECOND, NONE = (0.5, 0.5), (0.5, 0.0), (0.0, 0.5), (0.0, 0.0)


def row(name, ratios, scheduler="ddim", maxDownsample=1, guidanceScale=4.0, size=None, **hires):
    first, second = ratios
    case = {"name": name, "ratio": first, "scheduler": scheduler, "maxDownsample": maxDownsample,
            "guidanceScale": guidanceScale, "hires": CASE["hires"] | hires | {"ratio": second}}  # fmt: skip
    return case | (size or {})


DEMO_CASES = [
    row("latent", NONE), row("latent-both", BOTH), row("latent-first", FIRST), row("latent-second", SECOND),
    row("pixel", NONE, upscaler="pixel-lanczos"), row("pixel-both", BOTH, upscaler="pixel-lanczos"),
    row("pixel-first", FIRST, upscaler="pixel-lanczos"), row("pixel-second", SECOND, upscaler="pixel-lanczos"),
    row("bicubic", BOTH, upscaler="latent-bicubic"),
    # By one and a half.
    row("bicubic-uneven", NONE, upscaler="latent-bicubic", width=72, height=48, strength=0.35, steps=4),
    row("latent-uneven", NONE, width=72, height=48, strength=1.0, steps=5),
    row("euler", BOTH, "euler"), row("dpm", BOTH, "dpmsolver++", strength=0.7), row("heun", SECOND, "heun", steps=4),
    # Draw noise at every step.
    row("ancestral", FIRST, "euler-ancestral", upscaler="pixel-lanczos"), row("sde", SECOND, "dpmsolver-sde", steps=4),
]
# In their latents: pixels between two passes are rounded to 8 bits, and with weights that were never trained one of them,
# rounded the other way, moves a fifth of the picture's values.
XL_CASES = [
    row("xl-second", SECOND, "euler", 2, 5.0, {"width": 24, "height": 16}, width=48, height=32),
    row("xl-both", BOTH, "euler", 2, 5.0, {"width": 24, "height": 16}, width=48, height=32),
]


def begin(pipeline, scheduler, case, ratio):
    pipeline.scheduler = seeded(scheduler(case), case["seed"])
    torch.manual_seed(case["seed"])
    tomesd.remove_patch(pipeline)
    if ratio > 0:
        tomesd.apply_patch(pipeline, ratio=ratio, max_downsample=case["maxDownsample"])
    return {
        "prompt": case["prompt"], "negative_prompt": case["negativePrompt"] or None,
        "guidance_scale": case["guidanceScale"], "generator": torch.Generator("cpu").manual_seed(case["seed"]),
    }  # fmt: skip


def enlarged(pipeline, latents, hires):
    size = (hires["height"], hires["width"])
    modes = {"latent": "bilinear", "latent-bicubic": "bicubic"}
    if hires["upscaler"] in modes:
        scale = 2 ** (len(pipeline.vae.config.block_out_channels) - 1)
        return torch.nn.functional.interpolate(
            latents, size=tuple(side // scale for side in size), mode=modes[hires["upscaler"]], antialias=False
        )
    decoded = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor, return_dict=False)[0]
    image = pipeline.image_processor.postprocess(decoded, output_type="pil")[0]
    return image.resize(size[::-1], PIL.Image.Resampling.LANCZOS)


def picture(base, again, scheduler, case):
    hires = case["hires"]
    latents = base(
        **begin(base, scheduler, case, case["ratio"]), num_inference_steps=case["steps"], width=case["width"],
        height=case["height"], output_type="latent",
    ).images  # fmt: skip
    tomesd.remove_patch(base)
    image = enlarged(base, latents, hires)
    count = int(hires["steps"] / min(hires["strength"], 0.999))
    result = again(
        **begin(again, scheduler, case, hires["ratio"]), image=image, num_inference_steps=count,
        strength=min((hires["steps"] + 0.5) / count, 1.0),
    )  # fmt: skip
    tomesd.remove_patch(again)
    return result.images[0]


@torch.no_grad()
def make(name, base, again, scheduler, rows, others):
    for pipeline in (base, again):
        pipeline.set_progress_bar_config(disable=True)
    cases = [CASE | row for row in rows]
    expected = {
        case["name"]: reproducible(lambda case: picture(base, again, scheduler, case), case, others) for case in cases
    }
    write_fixture("Hires", name, expected, {"pictures": cases}, libraries=libraries(cases))


def main():
    torch.set_num_threads(1)
    demo = StableDiffusionPipeline.from_pretrained(CHECKPOINT, dtype=torch.float32, safety_checker=None)
    own = demo.scheduler

    def scheduler(case):
        kind, changes = SCHEDULERS[case["scheduler"]]
        return kind.from_config(own.config, **changes)

    again = StableDiffusionImg2ImgPipeline(**demo.components, requires_safety_checker=False)
    make("demo", demo, again, scheduler, DEMO_CASES, [without_mkldnn])
    base, _, schedulers = families.build(families.FAMILIES["sdxl"])
    again_xl = StableDiffusionXLImg2ImgPipeline(**base.components, add_watermarker=False)

    def own_scheduler(case):
        found = schedulers[case["scheduler"]]
        return type(found).from_config(found.config)

    make(
        "sdxl", base, again_xl, own_scheduler, XL_CASES,
        [without_mkldnn, lambda: plain_attention(base), lambda: two_threads(base)],
    )  # fmt: skip


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
