"""One turn of a peer of `tome-eval bench --peers` and of Benchmarks/peers.py in a process of its own: torch with
diffusers, tomesd and transformers, or OpenVINO. Takes the turn as JSON and prints its figures as JSON.

    {"peer": "torch", "part": "unet", "width": 512, "height": 512, "factor": 8, "batch": 1, "attention": "plain" or not,
     "precision": "fp32", "merging": {arguments of tomesd.apply_patch} or null, "repeats": 1, "threads": 2,
     "model": FOLDER, "variants": {"unet": "fp16"}, "clip": FOLDER}

In place of "model", "configurations": {"unet/config.json": TEXT, ...} are models of those sizes with random weights.
The part `versions` measures nothing, but says what the libraries are. What cannot be is said by the last line of
standard error.

Inputs are those of `tome-eval bench-turn`: noise and text states of torch's generator with seed 0.
"""

import importlib
import json
import platform
import statistics
import sys
import time
from importlib import metadata
from pathlib import Path

PROMPT = "a photograph of an astronaut riding a horse"
PACKAGES = ("torch", "diffusers", "transformers", "tomesd")


def peak_memory(reset=False):
    """Highest resident memory of this process in bytes: since the last reset on Linux, since its start elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024


def configuration(turn, part):
    name = f"{part}/config.json"
    texts = turn.get("configurations")
    return json.loads(texts[name] if texts else (Path(turn["model"]) / name).read_text(encoding="utf8"))


def has_part(turn, part):
    texts = turn.get("configurations")
    return f"{part}/config.json" in texts if texts else (Path(turn["model"]) / part).is_dir()


def diffusers_model(turn, part, kind, dtype):
    """Its own weights, or its sizes with the random ones that a new model has."""
    if turn.get("configurations"):
        return kind.from_config(configuration(turn, part)).to(dtype).eval()
    variant = turn.get("variants", {}).get(part)
    return kind.from_pretrained(f"{turn['model']}/{part}", torch_dtype=dtype, variant=variant).eval()


def transformers_model(turn, part, kind, dtype):
    if turn.get("configurations"):
        return kind(kind.config_class(**configuration(turn, part))).to(dtype).eval()
    variant = turn.get("variants", {}).get(part)
    return kind.from_pretrained(f"{turn['model']}/{part}", variant=variant).to(dtype).eval()


def unet_inputs(turn, unet, torch):
    """Channels last, as the other side draws them."""
    generator = torch.Generator().manual_seed(0)
    height, columns = turn["height"] // turn["factor"], turn["width"] // turn["factor"]
    channels, width = unet.in_channels, unet.cross_attention_dim
    if not isinstance(width, int):
        width = width[0]
    noise = torch.randn(turn["batch"] * height * columns * channels, generator=generator)
    noise = noise.reshape(turn["batch"], height, columns, channels).permute(0, 3, 1, 2).contiguous()
    length = configuration(turn, "text_encoder").get("max_position_embeddings", 77)
    states = torch.randn(2 * turn["batch"] * length * width, generator=generator).reshape(-1, length, width)
    return torch.cat([noise, noise]), states


def added_conditions(turn, unet, torch, dtype):
    """What SDXL is told besides: a pooled text, and the picture's size, its crop and its size again."""
    if unet.addition_embed_type != "text_time":
        return None
    count = 2 * turn["batch"]
    pooled = unet.projection_class_embeddings_input_dim - 6 * unet.addition_time_embed_dim
    size = [turn["height"], turn["width"]]
    texts = torch.randn([count, pooled], generator=torch.Generator().manual_seed(0)).to(dtype)
    return {"text_embeds": texts, "time_ids": torch.tensor([size + [0, 0] + size] * count, dtype=dtype)}


def merging_of(turn):
    """The arguments of tomesd; None for no merging."""
    return turn.get("merging") or ({"ratio": turn["ratio"]} if turn.get("ratio", 0) > 0 else None)


def torch_unet(turn, torch, dtype):
    import tomesd
    from diffusers import UNet2DConditionModel
    from diffusers.models.attention_processor import AttnProcessor, AttnProcessor2_0

    unet = diffusers_model(turn, "unet", UNet2DConditionModel, dtype)
    unet.set_attn_processor(AttnProcessor() if turn["attention"] == "plain" else AttnProcessor2_0())
    if merging_of(turn):
        torch.manual_seed(0)
        tomesd.apply_patch(unet, **merging_of(turn))
    latents, states = (values.to(dtype) for values in unet_inputs(turn, unet.config, torch))
    added = added_conditions(turn, unet.config, torch, dtype)
    return lambda: unet(latents, 500, encoder_hidden_states=states, added_cond_kwargs=added)


def torch_vae(turn, torch, dtype):
    import diffusers

    name = configuration(turn, "vae").get("_class_name", "AutoencoderKL")
    vae = diffusers_model(turn, "vae", getattr(diffusers, name), dtype)
    size = [turn["height"] // turn["factor"], turn["width"] // turn["factor"]]
    shape = [turn["batch"], vae.config.latent_channels, *size]
    latents = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(dtype)
    return lambda: vae.decode(latents / vae.config.scaling_factor)


def torch_text(turn, torch, dtype):
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    kinds = {"text_encoder": CLIPTextModel, "text_encoder_2": CLIPTextModelWithProjection}
    encoders = [
        transformers_model(turn, part, kind, dtype)
        for part, kind in kinds.items()
        if part == "text_encoder" or has_part(turn, part)
    ]
    first = encoders[0].config
    shape = (2 * turn["batch"], first.max_position_embeddings)
    ids = torch.randint(first.vocab_size - 1, shape, generator=torch.Generator().manual_seed(0))
    return lambda: [encoder(ids) for encoder in encoders]


def torch_clip(turn, torch, dtype):
    import numpy as np
    from PIL import Image
    from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer

    model = CLIPModel.from_pretrained(turn["clip"]).to(dtype).eval()
    tokenizer, processor = CLIPTokenizer.from_pretrained(turn["clip"]), CLIPImageProcessor.from_pretrained(turn["clip"])
    pixels = np.random.default_rng(0).integers(0, 256, (turn["height"], turn["width"], 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)

    def score():
        ids = tokenizer(PROMPT, padding="max_length", truncation=True, return_tensors="pt")
        values = processor(picture, return_tensors="pt")["pixel_values"].to(dtype)
        output = model(input_ids=ids["input_ids"], pixel_values=values)
        return float(torch.nn.functional.cosine_similarity(output.text_embeds, output.image_embeds))

    return lambda: [score() for _ in range(turn["batch"])]


def torch_picture(turn, torch, dtype):
    """A whole picture; the first run is the only one, as of the tool."""
    import numpy as np
    import tomesd
    from diffusers import StableDiffusionPipeline
    from PIL import Image

    pipeline = StableDiffusionPipeline.from_pretrained(turn["model"], torch_dtype=dtype, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    if merging_of(turn):
        torch.manual_seed(0)
        tomesd.apply_patch(pipeline, **merging_of(turn))

    def make():
        result = pipeline(
            PROMPT, width=turn["width"], height=turn["height"], num_inference_steps=turn["steps"],
            guidance_scale=7.5, generator=torch.Generator("cpu").manual_seed(0), output_type="np",
        )  # fmt: skip
        Image.fromarray((result.images[0] * 255).round().astype(np.uint8)).save(turn["output"])

    return make


def openvino_model(turn):
    """The UNet or the decoder in OpenVINO's form, converted once and kept in the cache folder."""
    import openvino as ov

    path = Path(turn["cache"]) / f"{turn['part']}-{turn['width']}x{turn['height']}-{turn['batch']}.xml"
    if not path.exists():
        import torch

        path.parent.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            if turn["part"] == "unet":
                from diffusers import UNet2DConditionModel

                unet = UNet2DConditionModel.from_pretrained(f"{turn['model']}/unet").eval()
                latents, states = unet_inputs(turn, unet.config, torch)
                example = {"sample": latents, "timestep": torch.tensor(500), "encoder_hidden_states": states}
                converted = ov.convert_model(unet, example_input=example, input=[v.shape for v in example.values()])
            else:
                from diffusers import AutoencoderKL

                vae = AutoencoderKL.from_pretrained(f"{turn['model']}/vae").eval()
                vae.forward = vae.decode
                size = [turn["height"] // turn["factor"], turn["width"] // turn["factor"]]
                latents = torch.randn([turn["batch"], vae.config.latent_channels, *size])
                converted = ov.convert_model(vae, example_input=latents, input=[latents.shape])
        ov.save_model(converted, path, compress_to_fp16=False)
    return path


def openvino_run(turn):
    import numpy as np
    import openvino as ov

    precision = {"fp32": "f32", "bf16": "bf16"}[turn["precision"]]
    compiled = ov.Core().compile_model(
        openvino_model(turn), "CPU",
        {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": turn["threads"]},
    )  # fmt: skip
    random = np.random.default_rng(0)
    inputs = [
        np.array(500) if not list(port.shape) else random.standard_normal(list(port.shape), dtype=np.float32)
        for port in compiled.inputs
    ]
    return lambda: compiled(inputs)


def load(module):
    try:
        return importlib.import_module(module)
    except ImportError as error:
        sys.exit(
            f"{sys.executable} has no working package '{module}' ({error}); install it with "
            f"`{sys.executable} -m pip install {module}`, or name another interpreter"
        )


def version(module):
    """Of a package; one that is not installed as a package has none."""
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return "unknown"


def main():
    turn = json.loads(sys.argv[1])
    if turn["peer"] == "openvino":
        if turn["repeats"] == 0:  # conversion alone, so that its memory is not the turn's
            openvino_model(turn)
            return
        run = openvino_run(turn)
        peak_memory(reset=True)
        figures = measure(run, turn)
    else:
        figures = torch_turn(turn)
    print(json.dumps(figures))


def torch_turn(turn):
    torch = load("torch")
    torch.set_num_threads(turn["threads"])
    if turn["part"] == "versions":
        for package in PACKAGES:
            load(package)
        versions = {package: version(package) for package in PACKAGES}
        return {"python": platform.python_version(), "versions": versions, "threads": torch.get_num_threads()}
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[turn["precision"]]
    torch.manual_seed(0)
    with torch.no_grad():
        run = globals()[f"torch_{turn['part']}"](turn, torch, dtype)
        peak_memory(reset=True)
        return measure(run, turn) | {"threads": torch.get_num_threads()}


def measure(run, turn):
    """The runs after the first and their median, or the first where it is the only one."""
    times = []
    for _ in range(1 + turn["repeats"]):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    runs = times[1:] or times
    return {
        "first_seconds": times[0], "runs": runs, "seconds": statistics.median(runs),
        "peak_memory_bytes": peak_memory(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
