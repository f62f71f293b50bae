"""Model families: UNet predictions and whole 8-bit pictures of miniatures that have the structure of published models.

- sd2: Stable Diffusion 2.1 (v prediction, 23 text layers, padded with "!", linear projections, heads by level) and,
  with another scheduler, SD-Turbo (no guidance, one and four steps).
- lcm: a model that takes the guidance scale as an input, with DDIM and with its own scheduler.
- small-sd, tiny-sd: distilled, one layer a block, no mid block; tiny-sd has three levels, all with attention. BK-SDM
  Small is built as small-sd.
- bk-sdm-base: distilled, one layer a block, with its mid block.
- sdxl: two text encoders, sizes and crops, depth by level; with other schedulers SDXL-Turbo and SDXL-Lightning.
- ssd-1b, vega: SDXL distilled, depth by layer, another one on the way up, one resnet for a mid block.

Every family at ratio 0 and 0.5. The protocol is one stream per image: torch.manual_seed(seed), a fresh apply_patch,
and latents from a generator of the same seed.
"""

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import diffusers
import tomesd
import torch
import transformers
from diffusers import AutoencoderKL, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor, AttnProcessor2_0
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from fixture_io import write_fixture
from pipeline import CHECKPOINT, reproducible, without_mkldnn
from synthetic import Inputs, synthesize
from unet_token_merging import DEFAULTS, MARGIN, MarginMeter

CROSS_DOWN, CROSS_UP = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"
DOWN, UP = "DownBlock2D", "UpBlock2D"
NOISE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SD_UNET = {
    "sample_size": 16, "block_out_channels": (16, 32, 32, 32), "norm_num_groups": 8, "layers_per_block": 2,
    "down_block_types": (CROSS_DOWN,) * 3 + (DOWN,), "up_block_types": (UP,) + (CROSS_UP,) * 3,
    "attention_head_dim": 8, "cross_attention_dim": 24,
}  # fmt: skip
XL_UNET = {
    "sample_size": 16, "block_out_channels": (16, 32, 64), "norm_num_groups": 8, "layers_per_block": 2,
    "down_block_types": (DOWN, CROSS_DOWN, CROSS_DOWN), "up_block_types": (CROSS_UP, CROSS_UP, UP),
    "attention_head_dim": [1, 2, 4], "transformer_layers_per_block": [1, 2, 10], "use_linear_projection": True,
    "cross_attention_dim": 40, "addition_embed_type": "text_time", "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 20 + 6 * 8,
}  # fmt: skip
# As published: the configurations of the schedulers that the models come with, or are used with.
SCHEDULERS = {
    "ddim-v": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1,
                                 "prediction_type": "v_prediction"}),
    "ddim": ("DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1}),
    "dpm": ("DPMSolverMultistepScheduler", {"steps_offset": 1, "solver_order": 2}),
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True, "set_alpha_to_one": False, "steps_offset": 1}),
    "euler": ("EulerDiscreteScheduler", {"timestep_spacing": "leading", "steps_offset": 1}),
    "euler-trailing": ("EulerDiscreteScheduler", {"timestep_spacing": "trailing", "steps_offset": 1}),
    "lcm": ("LCMScheduler", {"original_inference_steps": 50}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing", "steps_offset": 1}),
}  # fmt: skip
MERGED, DEEPER = {"ratio": 0.5}, {"ratio": 0.5, "maxDownsample": 2}
TURBO = {"guidanceScale": 0.0, "steps": 4}
FAMILIES = {
    "sd2": {
        "unet": SD_UNET | {"block_out_channels": (16, 32, 64, 64), "attention_head_dim": [1, 2, 4, 4],
                           "use_linear_projection": True, "cross_attention_dim": 32},
        "text": {"hidden_size": 32, "num_hidden_layers": 23, "hidden_act": "gelu", "pads": "!"},
        "schedulers": ["ddim-v", "euler-trailing"],
        "predictions": [{}, MERGED],
        "pictures": [
            {"name": "base"}, {"name": "base-0.5", "negativePrompt": "green, blurry", **MERGED},
            {"name": "turbo", "scheduler": "euler-trailing", **TURBO, "steps": 1},
            {"name": "turbo-0.5", "scheduler": "euler-trailing", **TURBO, **MERGED},
        ],
    },
    "lcm": {
        "unet": SD_UNET | {"time_cond_proj_dim": 33},
        "text": {"hidden_size": 24, "num_hidden_layers": 3},
        "schedulers": ["ddim", "lcm"],
        "predictions": [{"guidanceScale": 8.5}, {"guidanceScale": 1.0}, {"guidanceScale": 7.25, **MERGED}],
        "pictures": [
            {"name": "base", "guidanceScale": 8.5}, {"name": "no-guidance", "guidanceScale": 1.0},
            {"name": "base-0.5", "guidanceScale": 8.5, "negativePrompt": "not read", **MERGED},
            {"name": "own", "scheduler": "lcm", "guidanceScale": 8.5, "steps": 4},
            {"name": "own-0.5", "scheduler": "lcm", "guidanceScale": 8.5, "steps": 4, **MERGED},
        ],
    },
    "small-sd": {
        "unet": SD_UNET | {"layers_per_block": 1, "mid_block_type": None},
        "text": {"hidden_size": 24, "num_hidden_layers": 3},
        "schedulers": ["dpm"],
        "predictions": [{}, MERGED],
        "pictures": [{"name": "base"}, {"name": "base-0.5", **MERGED}],
    },
    "bk-sdm-base": {
        "unet": SD_UNET | {"layers_per_block": 1},
        "text": {"hidden_size": 24, "num_hidden_layers": 3},
        "schedulers": ["pndm"],
        "predictions": [{}, MERGED],
        "pictures": [{"name": "base"}, {"name": "base-0.5", **MERGED}],
    },
    "tiny-sd": {
        "unet": SD_UNET | {"layers_per_block": 1, "mid_block_type": None, "block_out_channels": (16, 32, 64),
                           "down_block_types": (CROSS_DOWN,) * 3, "up_block_types": (CROSS_UP,) * 3},
        "text": {"hidden_size": 24, "num_hidden_layers": 3},
        "schedulers": ["pndm"],
        "predictions": [{}, MERGED],
        "pictures": [{"name": "base"}, {"name": "base-0.5", **MERGED}],
    },
    "sdxl": {
        "unet": XL_UNET,
        "text": {"hidden_size": 16, "num_hidden_layers": 3, "eos_token_id": 2},
        "text_2": {"hidden_size": 24, "num_hidden_layers": 4, "hidden_act": "gelu", "projection_dim": 20,
                   "eos_token_id": 2, "pads": "!"},
        "schedulers": ["euler", "euler-ancestral", "euler-trailing"],
        "predictions": [{}, DEEPER, {"ratio": 0.4, "maxDownsample": 4}],
        "pictures": [
            {"name": "base"},
            # Every step more is a chance of near ties: 20 leave no seed.
            {"name": "base-0.5", "steps": 6, **DEEPER},
            {"name": "negative", "negativePrompt": "green, blurry"},
            {"name": "framed", "originalSize": [96, 64], "crop": [11, 5], "width": 40, "height": 24},
            {"name": "framed-0.5", "originalSize": [96, 64], "crop": [11, 5], "width": 40, "height": 24, **DEEPER},
            {"name": "turbo", "scheduler": "euler-ancestral", **TURBO},
            {"name": "turbo-0.5", "scheduler": "euler-ancestral", **TURBO, **DEEPER},
            {"name": "lightning", "scheduler": "euler-trailing", **TURBO},
            {"name": "lightning-0.5", "scheduler": "euler-trailing", **TURBO, **DEEPER},
            {"name": "no-attention-at-the-top", **MERGED},
        ],
    },
    "ssd-1b": {
        "unet": XL_UNET | {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": [1, [2, 2], [4, 4]],
                           "reverse_transformer_layers_per_block": [[4, 4, 10], [2, 1, 1], 1]},
        "text": {"hidden_size": 16, "num_hidden_layers": 3, "eos_token_id": 2},
        "text_2": {"hidden_size": 24, "num_hidden_layers": 4, "hidden_act": "gelu", "projection_dim": 20,
                   "eos_token_id": 2, "pads": "!"},
        "schedulers": ["euler"],
        "predictions": [{}, DEEPER],
        "pictures": [{"name": "base"}, {"name": "base-0.5", **DEEPER}],
    },
    "vega": {
        "unet": XL_UNET | {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": [1, [1, 1], [2, 2]],
                           "reverse_transformer_layers_per_block": [[2, 2, 2], [1, 1, 1], 1]},
        "text": {"hidden_size": 16, "num_hidden_layers": 3, "eos_token_id": 2},
        "text_2": {"hidden_size": 24, "num_hidden_layers": 4, "hidden_act": "gelu", "projection_dim": 20,
                   "eos_token_id": 2, "pads": "!"},
        # With zeros nowhere: an empty negative prompt is encoded, as its model_index.json can ask for.
        "index": {"force_zeros_for_empty_prompt": False},
        "schedulers": ["euler"],
        "predictions": [{}, DEEPER],
        "pictures": [{"name": "base"}, {"name": "base-0.5", **DEEPER}],
    },
}  # fmt: skip
CASE = {
    "prompt": "a red circle above a blue square", "negativePrompt": "", "guidanceScale": 5.0, "steps": 20,
    "ratio": 0.0, "maxDownsample": 1, "width": None, "height": None, "originalSize": None, "crop": None,
}  # fmt: skip


def synthetic_text(model_class, rows):
    """A text encoder as a tokenizer of the demonstration checkpoint's vocabulary needs it, and that tokenizer.

    Published folders pad with what special_tokens_map.json says, whatever tokenizer_config.json does.
    """
    rows = dict(rows)
    end = "<|endoftext|>"
    special = {"bos_token": "<|startoftext|>", "eos_token": end, "unk_token": end, "pad_token": rows.pop("pads", end)}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(CHECKPOINT / "tokenizer", folder, dirs_exist_ok=True)
        (Path(folder) / "special_tokens_map.json").write_text(json.dumps(special))
        tokenizer = CLIPTokenizer.from_pretrained(folder)
    assert tokenizer.pad_token == special["pad_token"]
    config = {
        "vocab_size": len(tokenizer), "intermediate_size": 2 * rows["hidden_size"], "num_attention_heads": 4,
        "hidden_act": "quick_gelu", "bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    } | rows  # fmt: skip
    model = model_class(CLIPTextConfig(**config)).eval()
    prefix = "" if any(key.startswith("text_model.") for key in model.state_dict()) else "text_model."
    return model, (model.config, synthesize(model, prefix)), tokenizer, (special, None)


def build(family):
    """The pipeline of a family, and its models for the fixture."""
    unet = UNet2DConditionModel(**family["unet"]).eval()
    vae = AutoencoderKL(
        block_out_channels=(16, 32), norm_num_groups=8, layers_per_block=1, sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        scaling_factor=0.5, force_upcast=True,
    )  # fmt: skip
    models = {"unet": (unet.config, synthesize(unet)), "vae": (vae.config, synthesize(vae))}
    parts = {"unet": unet, "vae": vae, "scheduler": None}
    encoders = [("", "text", CLIPTextModel), ("_2", "text_2", CLIPTextModelWithProjection)]
    for suffix, rows, model_class in encoders:
        if rows in family:
            encoder, models["text_encoder" + suffix], tokenizer, special = synthetic_text(model_class, family[rows])
            parts |= {"text_encoder" + suffix: encoder, "tokenizer" + suffix: tokenizer}
            models["tokenizer" + suffix] = special
    schedulers = {}
    for name in family["schedulers"]:
        kind, changes = SCHEDULERS[name]
        scheduler = getattr(diffusers, kind)(**NOISE, **changes)
        # As read from its file.
        config = json.loads(scheduler.to_json_string())
        config.pop("lambda_min_clipped", None)  # minus infinity, which is no JSON, and the default
        schedulers[name] = type(scheduler).from_config(config)
        models["scheduler-" + name] = (config, None)
    parts["scheduler"] = schedulers[family["schedulers"][0]]
    index = family.get("index", {})
    if "text_2" in family:
        pipeline = StableDiffusionXLPipeline(**parts, **index, add_watermarker=False)
    else:
        pipeline = StableDiffusionPipeline(
            **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False
        )
    models["model_index"] = ({"_class_name": type(pipeline).__name__, **index}, None)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline, models, schedulers


def picture(pipeline, schedulers, case):
    scheduler = schedulers[case["scheduler"]]
    pipeline.scheduler = type(scheduler).from_config(scheduler.config)
    torch.manual_seed(case["seed"])
    tomesd.remove_patch(pipeline)
    if case["ratio"] > 0:
        tomesd.apply_patch(pipeline, ratio=case["ratio"], max_downsample=case["maxDownsample"])
    framing = {}
    if case["originalSize"]:
        # Heights and tops first.
        framing = {"original_size": tuple(case["originalSize"][::-1]), "crops_coords_top_left": tuple(case["crop"][::-1])}
    result = pipeline(
        case["prompt"], negative_prompt=case["negativePrompt"] or None, guidance_scale=case["guidanceScale"],
        num_inference_steps=case["steps"], width=case["width"], height=case["height"],
        generator=torch.Generator("cpu").manual_seed(case["seed"]), **framing,
    )  # fmt: skip
    tomesd.remove_patch(pipeline)
    return result.images[0]


@contextmanager
def plain_attention(pipeline):
    """Attention as products and a softmax instead of torch's own function, which sums in another order."""
    pipeline.unet.set_attn_processor(AttnProcessor())
    yield
    pipeline.unet.set_attn_processor(AttnProcessor2_0())


@contextmanager
def two_threads(pipeline):
    """Two threads, and both of the other ways."""
    torch.set_num_threads(2)
    with without_mkldnn(), plain_attention(pipeline):
        yield
    torch.set_num_threads(1)


def conditions(pipeline, inputs, key, case, batch):
    """What a UNet needs beside latents, timestep and hidden states."""
    config = pipeline.unet.config
    arguments = {}
    if config.addition_embed_type == "text_time":
        width = config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim
        pooled = inputs.tensor(f"input.pooled.{key}", [batch, width], scale=1.5)
        case["timeIDs"] = [48, 64, 5, 11, 32, 40]
        arguments["added_cond_kwargs"] = {
            "text_embeds": pooled, "time_ids": torch.tensor([case["timeIDs"]] * batch, dtype=torch.float32)
        }  # fmt: skip
    if config.time_cond_proj_dim is not None:
        weight = torch.tensor(case["guidanceScale"] - 1).repeat(batch)
        arguments["timestep_cond"] = pipeline.get_guidance_scale_embedding(weight, config.time_cond_proj_dim)
    return arguments


def prediction(pipeline, meter, case):
    """Two steps of one picture, for the first inputs that no merge of hangs on rounding."""
    unet, batch = pipeline.unet, case["batch"]
    for attempt in range(100):
        inputs, key = Inputs(), f"{case['name']}.{attempt}"
        latents = inputs.tensor(f"input.latents.{key}", [batch, 4, 12, 16], scale=1.7)
        states = inputs.tensor(f"input.states.{key}", [batch, 9, unet.config.cross_attention_dim], scale=1.5)
        added = conditions(pipeline, inputs, key, case, batch)
        meter.smallest = float("inf")
        torch.manual_seed(case["seed"])
        if case["ratio"] > 0:
            tomesd.apply_patch(
                unet, **(DEFAULTS | {"ratio": case["ratio"], "max_downsample": case["maxDownsample"]})
            )
        outputs = [unet(latents, t, encoder_hidden_states=states, **added).sample for t in case["timesteps"]]
        tomesd.remove_patch(unet)
        if meter.smallest > MARGIN:
            print(f"  {case['name']}: attempt {attempt}, margin {meter.smallest:.1e}, deviation {outputs[0].std():.2f}")
            return inputs.plan, key, torch.stack(outputs)
    raise SystemExit(f"{case['name']}: no input without a near tie")


@torch.no_grad()
def make(name, family, meter):
    pipeline, models, schedulers = build(family)
    expected, plan, predictions, pictures = {}, {}, [], []
    for index, row in enumerate(family["predictions"]):
        case = {"name": f"prediction.{index}", "ratio": 0.0, "maxDownsample": 1, "batch": 2, "seed": index,
                "timesteps": [981, 200.5], "guidanceScale": None} | row  # fmt: skip
        if case["guidanceScale"] is not None:
            case["batch"] = 1
        inputs, case["input"], expected[case["name"]] = prediction(pipeline, meter, case)
        plan |= inputs
        predictions.append(case)
    for row in family["pictures"]:
        case = CASE | {"scheduler": family["schedulers"][0]} | row
        expected[case["name"]] = reproducible(
            lambda case: picture(pipeline, schedulers, case), case,
            [without_mkldnn, lambda: plain_attention(pipeline), lambda: two_threads(pipeline)],
        )  # fmt: skip
        pictures.append(case)
    write_fixture("Families", name, expected, {"predictions": predictions, "pictures": pictures}, models, plan)


def main():
    torch.set_num_threads(1)
    meter = MarginMeter()
    for name, family in FAMILIES.items():
        make(name, family, meter)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
