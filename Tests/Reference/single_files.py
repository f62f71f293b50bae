"""Single files: miniatures of Stable Diffusion 1.x, 2.x and XL in the naming of their original training code.

Each is made from a synthetic pipeline of diffusers by turning diffusers' own `from_single_file` round: a file whose
elements are numbered goes through it, and where each number comes out tells which tensors a single file's tensor is
made of. The file made so is then loaded by `from_single_file`, which must give the pipeline's tensors, every one, and
is the proof that the miniature is a real single file. The fixture holds, beside the plans of the folder's models, what
every tensor of the single file is made of.

Names and shapes follow `ldm/modules/diffusionmodules/openaimodel.py` and `model.py` of CompVis/latent-diffusion and
`open_clip/transformer.py`, which the files were trained with.
"""

import json
import math
import tempfile
from pathlib import Path

import diffusers
import numpy as np
import torch
import transformers
from diffusers import (
    AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler, StableDiffusionPipeline,
    StableDiffusionXLPipeline, UNet2DConditionModel,
)  # fmt: skip
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from fixture_io import write_fixture
from synthetic import Inputs, synthesize

CHECKPOINT = Path(__file__).resolve().parents[2] / "Sources/DemoCheckpoint/checkpoint"
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def layer(name, *shape, bias=True):
    """A layer's weight and bias."""
    return {f"{name}.weight": shape} | ({f"{name}.bias": shape[:1]} if bias else {})


def unet_layers(config):
    """Names and shapes of `UNetModel`."""
    widths, context = config["block_out_channels"], config["cross_attention_dim"]
    depths, embedding = config["transformer_layers_per_block"], widths[0] * 4
    depths = [depths] * len(widths) if isinstance(depths, int) else depths
    found = layer("time_embed.0", embedding, widths[0]) | layer("time_embed.2", embedding, embedding)
    if config["addition_embed_type"]:
        found |= layer("label_emb.0.0", embedding, config["projection_class_embeddings_input_dim"])
        found |= layer("label_emb.0.2", embedding, embedding)

    def resnet(place, narrow, wide):
        return (
            layer(f"{place}.in_layers.0", narrow) | layer(f"{place}.in_layers.2", wide, narrow, 3, 3)
            | layer(f"{place}.emb_layers.1", wide, embedding)
            | layer(f"{place}.out_layers.0", wide) | layer(f"{place}.out_layers.3", wide, wide, 3, 3)
            | (layer(f"{place}.skip_connection", wide, narrow, 1, 1) if narrow != wide else {})
        )  # fmt: skip

    def transformer(place, width, depth):
        kernel = () if config["use_linear_projection"] else (1, 1)
        found = layer(f"{place}.norm", width)
        found |= layer(f"{place}.proj_in", width, width, *kernel)
        for index in range(depth):
            block = f"{place}.transformer_blocks.{index}"
            for name, states in (("attn1", width), ("attn2", context)):
                found |= layer(f"{block}.{name}.to_q", width, width, bias=False)
                found |= layer(f"{block}.{name}.to_k", width, states, bias=False)
                found |= layer(f"{block}.{name}.to_v", width, states, bias=False)
                found |= layer(f"{block}.{name}.to_out.0", width, width)
            found |= layer(f"{block}.ff.net.0.proj", width * 8, width)
            found |= layer(f"{block}.ff.net.2", width, width * 4)
            for norm in ("norm1", "norm2", "norm3"):
                found |= layer(f"{block}.{norm}", width)
        return found | layer(f"{place}.proj_out", width, width, *kernel)

    found |= layer("input_blocks.0.0", widths[0], config["in_channels"], 3, 3)
    skips, index, width = [widths[0]], 1, widths[0]
    for level, wide in enumerate(widths):
        for _ in range(config["layers_per_block"]):
            found |= resnet(f"input_blocks.{index}.0", width, wide)
            if config["down_block_types"][level] == "CrossAttnDownBlock2D":
                found |= transformer(f"input_blocks.{index}.1", wide, depths[level])
            skips.append(wide)
            index, width = index + 1, wide
        if level < len(widths) - 1:
            found |= layer(f"input_blocks.{index}.0.op", wide, wide, 3, 3)
            skips.append(wide)
            index += 1
    found |= resnet("middle_block.0", width, width) | transformer("middle_block.1", width, depths[-1])
    found |= resnet("middle_block.2", width, width)
    index = 0
    for level, wide in reversed(list(enumerate(widths))):
        for place in range(config["layers_per_block"] + 1):
            found |= resnet(f"output_blocks.{index}.0", width + skips.pop(), wide)
            width, last = wide, 1
            if config["down_block_types"][level] == "CrossAttnDownBlock2D":
                found |= transformer(f"output_blocks.{index}.1", wide, depths[level])
                last = 2
            if level > 0 and place == config["layers_per_block"]:
                found |= layer(f"output_blocks.{index}.{last}.conv", wide, wide, 3, 3)
            index += 1
    return found | layer("out.0", widths[0]) | layer("out.2", config["out_channels"], widths[0], 3, 3)


def vae_layers(config):
    """Names and shapes of `AutoencoderKL` with its `Encoder` and `Decoder`."""
    widths, latents, layers = config["block_out_channels"], config["latent_channels"], config["layers_per_block"]

    def resnet(place, narrow, wide):
        return (
            layer(f"{place}.norm1", narrow) | layer(f"{place}.conv1", wide, narrow, 3, 3)
            | layer(f"{place}.norm2", wide) | layer(f"{place}.conv2", wide, wide, 3, 3)
            | (layer(f"{place}.nin_shortcut", wide, narrow, 1, 1) if narrow != wide else {})
        )  # fmt: skip

    def middle(place, width):
        found = resnet(f"{place}.block_1", width, width) | resnet(f"{place}.block_2", width, width)
        for name in ("q", "k", "v", "proj_out"):
            found |= layer(f"{place}.attn_1.{name}", width, width, 1, 1)
        return found | layer(f"{place}.attn_1.norm", width)

    found, width = layer("encoder.conv_in", widths[0], 3, 3, 3), widths[0]
    for level, wide in enumerate(widths):
        for index in range(layers):
            found |= resnet(f"encoder.down.{level}.block.{index}", width, wide)
            width = wide
        if level < len(widths) - 1:
            found |= layer(f"encoder.down.{level}.downsample.conv", wide, wide, 3, 3)
    found |= middle("encoder.mid", width) | layer("encoder.norm_out", width)
    found |= layer("encoder.conv_out", 2 * latents, width, 3, 3)
    found |= layer("quant_conv", 2 * latents, 2 * latents, 1, 1) | layer("post_quant_conv", latents, latents, 1, 1)
    found |= layer("decoder.conv_in", width, latents, 3, 3) | middle("decoder.mid", width)
    for level, wide in reversed(list(enumerate(widths))):
        for index in range(layers + 1):
            found |= resnet(f"decoder.up.{level}.block.{index}", width, wide)
            width = wide
        if level > 0:
            found |= layer(f"decoder.up.{level}.upsample.conv", wide, wide, 3, 3)
    return found | layer("decoder.norm_out", width) | layer("decoder.conv_out", 3, width, 3, 3)


def openai_layers(config):
    """Names and shapes of transformers' CLIP text model, which OpenAI's tower was kept in."""
    width = config.hidden_size
    found = layer("embeddings.token_embedding", config.vocab_size, width, bias=False)
    found |= layer("embeddings.position_embedding", config.max_position_embeddings, width, bias=False)
    for index in range(config.num_hidden_layers):
        place = f"encoder.layers.{index}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            found |= layer(f"{place}.self_attn.{name}", width, width)
        found |= layer(f"{place}.mlp.fc1", config.intermediate_size, width)
        found |= layer(f"{place}.mlp.fc2", width, config.intermediate_size)
        found |= layer(f"{place}.layer_norm1", width) | layer(f"{place}.layer_norm2", width)
    return {f"text_model.{name}": shape for name, shape in (found | layer("final_layer_norm", width)).items()}


def open_clip_layers(config, layers, embedding):
    """Names and shapes of OpenCLIP's text tower.

    - layers: of them, which may be more than a pipeline uses.
    - embedding: width of the space that texts and pictures share.
    """
    width = config.hidden_size
    found = layer("token_embedding", config.vocab_size, width, bias=False)
    found |= {"positional_embedding": (config.max_position_embeddings, width), "text_projection": (width, embedding)}
    for index in range(layers):
        place = f"transformer.resblocks.{index}"
        found |= {f"{place}.attn.in_proj_weight": (3 * width, width), f"{place}.attn.in_proj_bias": (3 * width,)}
        found |= layer(f"{place}.attn.out_proj", width, width)
        found |= layer(f"{place}.mlp.c_fc", config.intermediate_size, width)
        found |= layer(f"{place}.mlp.c_proj", width, config.intermediate_size)
        found |= layer(f"{place}.ln_1", width) | layer(f"{place}.ln_2", width)
    return found | layer("ln_final", width)


def below(prefix, layers):
    return {prefix + name: shape for name, shape in layers.items()}


def text_config(tokenizer, width, layers, act, **more):
    return CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=width // 64, hidden_act=act, bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id, **more,
    )  # fmt: skip


def vae(scaling_factor, **more):
    return AutoencoderKL(
        block_out_channels=(32, 64), layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, scaling_factor=scaling_factor, **more,
    )  # fmt: skip


def blocks(levels):
    """The levels of a UNet, finest first: the width of each, and whether it has transformers."""
    attending = [it for _, it in levels]
    return {
        "block_out_channels": tuple(width for width, _ in levels),
        "down_block_types": tuple("CrossAttnDownBlock2D" if it else "DownBlock2D" for it in attending),
        "up_block_types": tuple("CrossAttnUpBlock2D" if it else "UpBlock2D" for it in reversed(attending)),
    }


def tokenizer(pad):
    found = CLIPTokenizer.from_pretrained(CHECKPOINT / "tokenizer")
    found.pad_token = pad
    return found


def version_1():
    words = tokenizer("<|endoftext|>")
    text = CLIPTextModel(text_config(words, 128, 2, "quick_gelu"))
    unet = UNet2DConditionModel(
        sample_size=64, layers_per_block=2, attention_head_dim=8, cross_attention_dim=128,
        **blocks([(32, True), (64, False)]),
    )  # fmt: skip
    parts = {"unet": unet, "vae": vae(0.18215), "text_encoder": text}
    pipeline = StableDiffusionPipeline(
        **parts, tokenizer=words,
        scheduler=PNDMScheduler(**SCHEDULE, set_alpha_to_one=False, skip_prk_steps=True),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    layers = below("cond_stage_model.transformer.", openai_layers(text.config))
    return pipeline, parts, layers, {}


def version_2():
    words = tokenizer("!")
    # diffusers knows the layer that is left out by its number.
    text = CLIPTextModel(text_config(words, 128, 23, "gelu"))
    unet = UNet2DConditionModel(
        sample_size=96, layers_per_block=1, attention_head_dim=(1, 2), use_linear_projection=True,
        cross_attention_dim=128, **blocks([(64, True), (128, False)]),
    )  # fmt: skip
    parts = {"unet": unet, "vae": vae(0.18215), "text_encoder": text}
    pipeline = StableDiffusionPipeline(
        **parts, tokenizer=words,
        scheduler=DDIMScheduler(
            **SCHEDULE, clip_sample=False, set_alpha_to_one=False, prediction_type="v_prediction"
        ),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    tower = open_clip_layers(text.config, 24, 128)
    layers = below("cond_stage_model.model.", tower)
    unused = {n: s for n, s in layers.items() if ".resblocks.23." in n or n.endswith("text_projection")}
    unused["cond_stage_model.model.logit_scale"] = ()
    return pipeline, parts, layers, unused


def version_xl():
    first, second = tokenizer("<|endoftext|>"), tokenizer("!")
    text = CLIPTextModel(text_config(first, 64, 2, "quick_gelu"))
    text_2 = CLIPTextModelWithProjection(text_config(second, 128, 3, "gelu", projection_dim=96))
    unet = UNet2DConditionModel(
        sample_size=128, layers_per_block=2, attention_head_dim=(1, 2, 2), use_linear_projection=True,
        transformer_layers_per_block=(1, 1, 2), cross_attention_dim=192, addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=96 + 6 * 256,
        **blocks([(64, False), (128, True), (128, True)]),
    )  # fmt: skip
    parts = {"unet": unet, "vae": vae(0.13025), "text_encoder": text, "text_encoder_2": text_2}
    pipeline = StableDiffusionXLPipeline(
        **parts, tokenizer=first, tokenizer_2=second,
        scheduler=EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="leading"),
    )  # fmt: skip
    layers = below("conditioner.embedders.0.transformer.", openai_layers(text.config))
    layers |= below("conditioner.embedders.1.model.", open_clip_layers(text_2.config, 3, 96))
    return pipeline, parts, layers, {"conditioner.embedders.1.model.logit_scale": ()}


def plan_prefix(part):
    """What a folder's keys have before those of `state_dict()`."""
    return "" if hasattr(part, "text_model") or not isinstance(part, CLIPTextModel) else "text_model."


def load(kind, file, folder, dtype):
    return kind.from_single_file(file, config=str(folder), local_files_only=True, torch_dtype=dtype)


def tensors(pipeline, parts):
    """Every weight of a pipeline's models, by the part's name and the key in the part's folder."""
    return {
        (name, plan_prefix(getattr(pipeline, name)) + key): value
        for name in parts
        for key, value in getattr(pipeline, name).state_dict().items()
        if value.is_floating_point()
    }


def sources(kind, folder, parts, layers, unused):
    """Of every tensor of the single file, those it is made of one below the other; and which are turned round."""
    numbers, start, place = {}, 1, {}
    for name, shape in (layers | unused).items():
        count = math.prod(shape)
        numbers[name] = torch.arange(start, start + count, dtype=torch.float64).reshape(shape)
        place[name] = range(start, start + count)
        start += count
    file = folder.parent / "numbers.safetensors"
    save_file(numbers, file)
    loaded = tensors(load(kind, str(file), folder, torch.float64), parts)
    at = {span.start: name for name, span in place.items()}
    starts = sorted(at)
    found = {name: [] for name in layers if name not in unused}
    for key, value in loaded.items():
        flat = value.detach().to(torch.float64).flatten().numpy()
        first = int(flat[0])
        name = at[starts[int(np.searchsorted(starts, first, side="right")) - 1]]
        turned = value.ndim == 2 and value.shape[1] > 1 and int(flat[1]) != first + 1
        if turned:
            assert torch.equal(value.T.reshape(numbers[name].shape), numbers[name]), key
        else:
            assert np.array_equal(flat, np.arange(first, first + flat.size)), key
        found[name].append((first, key, turned))
    for name, parts_of in found.items():
        assert parts_of, f"diffusers makes nothing of {name}"
        parts_of.sort()
        assert sum(loaded[key].numel() for _, key, _ in parts_of) == numbers[name].numel(), name
    made_of = {name: [key for _, key, _ in made] for name, made in found.items()}
    return made_of, {name for name, made in found.items() if made[0][2]}


def make(case, build):
    torch.manual_seed(0)
    pipeline, parts, text_layers, unused = build()
    layers = below("model.diffusion_model.", unet_layers(pipeline.unet.config))
    layers |= below("first_stage_model.", vae_layers(pipeline.vae.config)) | text_layers
    plans = {name: synthesize(part, prefix=plan_prefix(part)) for name, part in parts.items()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "folder"
        pipeline.save_pretrained(folder)
        kind = type(pipeline)
        made_of, turned = sources(kind, folder, parts, layers, unused)
        values = tensors(pipeline, parts)
        single, shapes = {}, {}
        for name, keys in made_of.items():
            whole = torch.cat([values[key].T if name in turned else values[key] for key in keys])
            single[name] = whole.reshape(layers[name]).clone().contiguous()
            if whole.shape != layers[name]:
                shapes[name] = layers[name]
        inputs = Inputs()
        for name, shape in unused.items():
            single[name] = inputs.tensor(name, shape)
        if case == "sd1":
            single |= ema(single)
        file = Path(temporary) / "single.safetensors"
        save_file(single, file)
        loaded = tensors(load(kind, str(file), folder, torch.float32), parts)
        assert loaded.keys() == values.keys()
        for key, value in values.items():
            assert torch.equal(loaded[key], value), key
        if case == "sd1":
            check_ema(file, folder, single, pipeline)
        configs = {
            name: json.loads((folder / name / "config.json").read_text()) for name in parts
        } | {"scheduler": json.loads((folder / "scheduler/scheduler_config.json").read_text())}
        index = json.loads((folder / "model_index.json").read_text())
    settings = {
        "class": index["_class_name"],
        "tensors": {name: ["/".join(key) for key in keys] for name, keys in made_of.items()},
        "shapes": shapes,
        "turned": sorted(turned),
    }
    models = {name: (configs[name], plans.get(name)) for name in configs}
    write_fixture("SingleFiles", case, settings=settings, models=models, inputs=inputs.plan)
    print(f"  {len(layers)} tensors in the single file, {len(values)} in the folder")


def ema(single):
    """The averaged weights that training keeps beside the UNet's own."""
    kept = {n: v for n, v in single.items() if n.startswith("model.diffusion_model.")}
    return {"model_ema." + "".join(name.split(".")[1:]): value * 0.5 for name, value in kept.items()}


def check_ema(file, folder, single, pipeline):
    averaged = UNet2DConditionModel.from_single_file(
        str(file), config=str(folder), subfolder="unet", local_files_only=True, extract_ema=True
    )
    for key, value in pipeline.unet.state_dict().items():
        assert torch.equal(averaged.state_dict()[key], value * 0.5), key


def main():
    make("sd1", version_1)
    make("sd2", version_2)
    make("sdxl", version_xl)


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    diffusers.logging.set_verbosity_error()
    main()
