"""CLIP's towers, its score and its image preprocessing, from transformers.

Several synthetic configurations, and the demonstration CLIP of the repository itself.
"""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from fixture_io import LIBRARIES, write_fixture
from synthetic import Inputs, array, synthesize

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "Sources" / "DemoCheckpoint" / "checkpoint" / "clip"
TEXT_DEFAULTS = {"vocab_size": 600, "bos_token_id": 598, "eos_token_id": 599, "pad_token_id": 599}


def picture(name, width, height):
    """The 8-bit picture both sides compute: noise in [0, 256), with a smooth half."""
    noise = array(name, [height, width, 3], 127.5, 127.5)
    coarse = array(name + ".coarse", [4, 4, 3], 127.5, 127.5)
    rows, columns = np.arange(height) * 4 // height, np.arange(width) * 4 // width
    mixed = np.where((np.arange(width) < width // 2)[None, :, None], noise, coarse[rows][:, columns])
    return np.clip(np.floor(mixed), 0, 255).astype(np.uint8)


def token_ids(config, length, batch=3, pad=None):
    """Texts of several lengths between start and end token, padded."""
    rows = []
    for row in range(batch):
        count = min(length - 2, 3 + 20 * row)
        body = (array(f"ids.{row}", [count], 290, 295)).astype(int).tolist()
        ids = [config.bos_token_id] + body + [599]
        rows.append(ids + [config.pad_token_id if pad is None else pad] * (length - len(ids)))
    return torch.tensor(rows)


TEXT_CASES = {
    # As the first checkpoints: quick_gelu, the historic eos_token_id, keys below text_model.
    "text-sd1": (dict(hidden_size=64, intermediate_size=256, num_hidden_layers=4, num_attention_heads=4, eos_token_id=2), "text_model.", 77, None),
    # As Stable Diffusion 2: gelu, padded with id 0, many layers.
    "text-sd2": (dict(hidden_size=80, intermediate_size=320, num_hidden_layers=11, num_attention_heads=5, hidden_act="gelu"), "text_model.", 77, 0),
    # As transformers 5 saves it, with an odd width, another epsilon and a short context.
    "text-short": (dict(hidden_size=36, intermediate_size=50, num_hidden_layers=2, num_attention_heads=3, max_position_embeddings=24, layer_norm_eps=1e-4), "", 24, None),
}


def text_models():
    for case, (settings, prefix, length, pad) in TEXT_CASES.items():
        config = CLIPTextConfig(**{**TEXT_DEFAULTS, **settings})
        model = CLIPTextModel(config).eval()
        plan = synthesize(model, prefix)
        ids = token_ids(config, length, pad=pad)
        out = model(ids)
        write_fixture(
            "CLIP",
            case,
            expected={"last_hidden_state": out.last_hidden_state, "pooled": out.pooler_output},
            settings={"ids": ids.tolist()},
            models={"text_encoder": (config, plan)},
        )


def text_model_with_projection():
    """SDXL's second encoder: the states before its last layer, and the projection of what is pooled at the largest id."""
    config = CLIPTextConfig(
        **{**TEXT_DEFAULTS, "eos_token_id": 2}, hidden_size=40, intermediate_size=160, num_hidden_layers=5,
        num_attention_heads=4, hidden_act="gelu", projection_dim=28,
    )  # fmt: skip
    model = CLIPTextModelWithProjection(config).eval()
    plan = synthesize(model)
    ids = token_ids(config, 77, pad=0)
    out = model(ids, output_hidden_states=True)
    write_fixture(
        "CLIP",
        "text-sdxl",
        expected={"penultimate_hidden_state": out.hidden_states[-2], "text_embeds": out.text_embeds},
        settings={"ids": ids.tolist()},
        models={"text_encoder": (config, plan)},
    )


MODEL_CASES = {
    # Fields that stay at the defaults of the configuration classes are left out of its config.json.
    "model-quick": (
        dict(hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4),
        dict(hidden_size=64, intermediate_size=128, num_hidden_layers=3, num_attention_heads=4, image_size=40, patch_size=8),
        dict(size={"shortest_edge": 40}, crop_size={"height": 40, "width": 40}),
        24,
    ),
    # A size that the patches don't divide, gelu, an epsilon of its own.
    "model-gelu": (
        dict(hidden_size=40, intermediate_size=64, num_hidden_layers=2, num_attention_heads=8, hidden_act="gelu", eos_token_id=2),
        dict(hidden_size=60, intermediate_size=64, num_hidden_layers=4, num_attention_heads=3, image_size=30, patch_size=7, hidden_act="gelu", layer_norm_eps=1e-6),
        dict(size={"height": 30, "width": 30}, do_center_crop=False),
        33,
    ),
    # OpenCLIP's towers as transformers holds them, in miniature: gelu, heads of 80 and of 104 values (ViT-H/14 and
    # ViT-bigG/14), the bigger one's inner width that is no multiple of the outer, the historic eos_token_id.
    "model-openclip-h": (
        dict(hidden_size=128, intermediate_size=512, num_hidden_layers=3, num_attention_heads=2, hidden_act="gelu", eos_token_id=2, bos_token_id=0, pad_token_id=1, projection_dim=128),
        dict(hidden_size=160, intermediate_size=640, num_hidden_layers=4, num_attention_heads=2, image_size=56, patch_size=14, hidden_act="gelu", projection_dim=128),
        dict(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56}),
        128,
    ),
    "model-openclip-bigg": (
        dict(hidden_size=128, intermediate_size=512, num_hidden_layers=4, num_attention_heads=2, hidden_act="gelu", eos_token_id=2, bos_token_id=0, pad_token_id=1, projection_dim=160),
        dict(hidden_size=208, intermediate_size=1024, num_hidden_layers=6, num_attention_heads=2, image_size=56, patch_size=14, hidden_act="gelu", projection_dim=160),
        dict(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56}),
        160,
    ),
    # ViT-L/14 at 336 pixels: its size, patches and 577 positions, which its preprocessor has to match.
    "model-336": (
        dict(hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3, projection_dim=24),
        dict(hidden_size=16, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2, image_size=336, patch_size=14, projection_dim=24),
        dict(size={"shortest_edge": 336}, crop_size={"height": 336, "width": 336}),
        24,
    ),
}
PICTURES = [(64, 64), (97, 50), (33, 71)]
PROMPTS = ["a red apple on a wooden table", "Don't panic! 42 façades 🎉", "", "a house " * 60]


def scores(model, processor, tokenizer, pictures):
    texts, images = [], []
    for prompt in PROMPTS:
        ids = tokenizer(prompt, padding="max_length", truncation=True, max_length=77, return_tensors="pt").input_ids
        texts.append(model.get_text_features(ids).pooler_output[0])
    for index, (width, height) in enumerate(pictures):
        image = Image.fromarray(picture(f"picture.{index}", width, height))
        pixels = processor(images=image, return_tensors="pt").pixel_values
        images.append(model.get_image_features(pixels).pooler_output[0])
    texts = torch.nn.functional.normalize(torch.stack(texts).double(), dim=-1)
    images = torch.nn.functional.normalize(torch.stack(images).double(), dim=-1)
    return {
        "text_embeddings": texts.float(),
        "image_embeddings": images.float(),
        "scores": (100 * texts @ images.T).float(),
        "similarities": (100 * images @ images.T).float(),
        # What a preference model as PickScore calls its score: transformers' logits_per_text.
        "preferences": (model.logit_scale.double().exp() * texts @ images.T).float(),
    }


def clip_models():
    for case, (text, vision, preprocessing, width) in MODEL_CASES.items():
        text = {"eos_token_id": 49407, **text}
        config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=width)
        model = CLIPModel(config).eval()
        plan = synthesize(model)
        size = config.vision_config.image_size
        inputs = Inputs()
        pixels = inputs.tensor("input.pixels", [2, 3, size, size], 2.0)
        out = model.vision_model(pixels)
        processor = CLIPImageProcessorPil(**preprocessing)
        tokenizer = CLIPTokenizer.from_pretrained(ROOT / "Tests" / "Fixtures" / "CLIP" / "openai-tokenizer")
        expected = {"last_hidden_state": out.last_hidden_state, "pooled": out.pooler_output}
        write_fixture(
            "CLIP",
            case,
            expected={**expected, **scores(model, processor, tokenizer, PICTURES)},
            settings={"prompts": PROMPTS, "pictures": PICTURES, "preprocessor": json.dumps(preprocessing)},
            models={"clip": ({"text_config": text, "vision_config": vision, "projection_dim": width}, plan)},
            inputs=inputs.plan,
            libraries=LIBRARIES + ["tokenizers", "pillow"],
        )


def demonstration():
    model = CLIPModel.from_pretrained(DEMO, dtype=torch.float32).eval()
    processor = CLIPImageProcessorPil.from_pretrained(DEMO)
    tokenizer = CLIPTokenizer.from_pretrained(DEMO)
    pictures = [(128, 128), (300, 200), (90, 112)]
    text_encoder = CLIPTextModel.from_pretrained(DEMO.parent / "text_encoder", dtype=torch.float32).eval()
    ids = [tokenizer(prompt, padding="max_length", truncation=True, max_length=77).input_ids for prompt in PROMPTS[:2]]
    write_fixture(
        "CLIP",
        "demo",
        expected={
            **scores(model, processor, tokenizer, pictures),
            "text_encoder": text_encoder(torch.tensor(ids)).last_hidden_state,
        },
        settings={"prompts": PROMPTS, "pictures": pictures},
        libraries=LIBRARIES + ["tokenizers", "pillow"],
    )


PREPROCESSORS = [
    {"size": {"shortest_edge": 24}, "crop_size": {"height": 24, "width": 24}},
    {"size": 20, "crop_size": 17},
    {"size": {"height": 22, "width": 31}, "crop_size": {"height": 20, "width": 21}},
    {"size": {"shortest_edge": 15}, "crop_size": {"height": 26, "width": 21}},
    {"do_resize": False, "crop_size": {"height": 40, "width": 33}},
    {"size": {"height": 16, "width": 12}, "do_center_crop": False, "do_normalize": False},
    {"size": 14, "crop_size": 14, "do_rescale": False, "resample": 2},
    {"size": 14, "crop_size": 14, "do_rescale": False, "do_normalize": False, "resample": 1},
    {"size": 14, "crop_size": 14, "rescale_factor": 0.0078, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 2.0]},
]


def preprocessing():
    expected = {}
    for p, settings in enumerate(PREPROCESSORS):
        processor = CLIPImageProcessorPil(**settings)
        for i, (width, height) in enumerate(PICTURES):
            image = Image.fromarray(picture(f"picture.{i}", width, height))
            values = processor(images=image, return_tensors="pt").pixel_values
            expected[f"{p}.{i}"] = values.float().permute(0, 2, 3, 1)
    write_fixture(
        "CLIP",
        "preprocessing",
        expected=expected,
        settings={"preprocessors": [json.dumps(settings) for settings in PREPROCESSORS], "pictures": PICTURES},
        libraries=["transformers", "pillow", "numpy"],
    )


def main():
    text_models()
    text_model_with_projection()
    clip_models()
    demonstration()
    preprocessing()


if __name__ == "__main__":
    with torch.inference_mode():
        main()
