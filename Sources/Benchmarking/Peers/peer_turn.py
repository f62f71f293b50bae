"""One turn of a peer of Benchmarks/peers.py in a process of its own: torch with diffusers, tomesd and transformers, or
OpenVINO. Takes the turn as JSON and prints seconds and peak memory as JSON.

Inputs are those of `tome-eval bench-turn`: noise and text states of torch's generator with seed 0.
"""

import json
import statistics
import sys
import time
from pathlib import Path

PROMPT = "a photograph of an astronaut riding a horse"


def peak_memory(reset=False):
    """Highest resident memory of this process in bytes since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def unet_inputs(turn, channels, width, torch):
    """Channels last, as the other side draws them."""
    generator = torch.Generator().manual_seed(0)
    height, columns = turn["height"] // turn["factor"], turn["width"] // turn["factor"]
    noise = torch.randn(turn["batch"] * height * columns * channels, generator=generator)
    noise = noise.reshape(turn["batch"], height, columns, channels).permute(0, 3, 1, 2).contiguous()
    states = torch.randn(2 * turn["batch"] * 77 * width, generator=generator).reshape(-1, 77, width)
    return torch.cat([noise, noise]), states


def torch_unet(turn, torch, dtype):
    import tomesd
    from diffusers import UNet2DConditionModel
    from diffusers.models.attention_processor import AttnProcessor, AttnProcessor2_0

    unet = UNet2DConditionModel.from_pretrained(f"{turn['model']}/unet", torch_dtype=dtype).eval()
    unet.set_attn_processor(AttnProcessor() if turn["attention"] == "plain" else AttnProcessor2_0())
    if turn["ratio"] > 0:
        torch.manual_seed(0)
        tomesd.apply_patch(unet, ratio=turn["ratio"])
    latents, states = unet_inputs(turn, unet.config.in_channels, unet.config.cross_attention_dim, torch)
    latents, states = latents.to(dtype), states.to(dtype)
    return lambda: unet(latents, 500, encoder_hidden_states=states)


def torch_vae(turn, torch, dtype):
    from diffusers import AutoencoderKL

    vae = AutoencoderKL.from_pretrained(f"{turn['model']}/vae", torch_dtype=dtype).eval()
    size = [turn["height"] // turn["factor"], turn["width"] // turn["factor"]]
    shape = [turn["batch"], vae.config.latent_channels, *size]
    latents = torch.randn(shape, generator=torch.Generator().manual_seed(0)).to(dtype)
    return lambda: vae.decode(latents / vae.config.scaling_factor)


def torch_text(turn, torch, dtype):
    from transformers import CLIPTextModel

    model = CLIPTextModel.from_pretrained(f"{turn['model']}/text_encoder", dtype=dtype).eval()
    count = model.config.vocab_size
    ids = torch.randint(count - 1, (2 * turn["batch"], 77), generator=torch.Generator().manual_seed(0))
    return lambda: model(ids)


def torch_clip(turn, torch, dtype):
    import numpy as np
    from PIL import Image
    from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer

    model = CLIPModel.from_pretrained(turn["clip"], dtype=dtype).eval()
    tokenizer, processor = CLIPTokenizer.from_pretrained(turn["clip"]), CLIPImageProcessor.from_pretrained(turn["clip"])
    pixels = np.random.default_rng(0).integers(0, 256, (turn["height"], turn["width"], 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)

    def score():
        ids = tokenizer(PROMPT, padding="max_length", truncation=True, return_tensors="pt")
        values = processor(picture, return_tensors="pt")["pixel_values"].to(dtype)
        output = model(input_ids=ids["input_ids"], pixel_values=values)
        return float(torch.nn.functional.cosine_similarity(output.text_embeds, output.image_embeds))

    return score


def torch_picture(turn, torch, dtype):
    """A whole picture; the first run is the only one, as of the tool."""
    import numpy as np
    import tomesd
    from diffusers import StableDiffusionPipeline
    from PIL import Image

    pipeline = StableDiffusionPipeline.from_pretrained(turn["model"], torch_dtype=dtype, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    if turn["ratio"] > 0:
        torch.manual_seed(0)
        tomesd.apply_patch(pipeline, ratio=turn["ratio"])

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
                latents, states = unet_inputs(turn, unet.config.in_channels, unet.config.cross_attention_dim, torch)
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


def main():
    turn = json.loads(sys.argv[1])
    if turn["peer"] == "openvino":
        if turn["repeats"] == 0:  # conversion alone, so that its memory is not the turn's
            openvino_model(turn)
            return
        run = openvino_run(turn)
        if Path("/proc/self/clear_refs").exists():
            peak_memory(reset=True)
        seconds, peak = measure(run, turn), peak_memory()
    else:
        import torch

        torch.set_num_threads(turn["threads"])
        dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[turn["precision"]]
        with torch.no_grad():
            run = globals()[f"torch_{turn['part']}"](turn, torch, dtype)
            peak_memory(reset=True)
            seconds, peak = measure(run, turn), peak_memory()
    print(json.dumps({"seconds": seconds, "peak_memory_bytes": peak}))


def measure(run, turn):
    """Median of the runs after the first, or the first when it is the only one."""
    times = []
    for _ in range(1 + turn["repeats"]):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:] or times)


if __name__ == "__main__":
    main()
