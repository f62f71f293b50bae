"""Makes pictures with diffusers and tomesd for tome-eval: one JSON object a line in, one a line out.

    hello     {"type": "hello", "protocol": 1, "model": FOLDER or NAME, "device": "auto", "precision": "fp32"}
    generate  {"type": "generate", "id": 1, "prompt": ..., "negative_prompt": ..., "seed": ..., "width": ..., "height": ...,
               "steps": ..., "guidance_scale": ..., "scheduler": ... or null, "eta": 0, "original_size": [W, H] or null,
               "crop": [LEFT, TOP] or null, "merging": {...} or null, "output": PATH}
    bye       {"type": "bye"}

Whatever goes wrong with a request is its answer's "error"; what libraries print goes to standard error.

Every picture begins alike, whatever was made before: torch.manual_seed(seed), a fresh tomesd.apply_patch, and latents
from a generator of the CPU with the same seed. So its bits are those of tome-eval's own pipeline where the arithmetic
is, and its seconds (the call alone, with the device in step on both sides) are those of any user of diffusers.
"""

import inspect
import json
import os
import sys
import time
from importlib import metadata

PROTOCOL = 1

# The samplers by tome-eval's names, with what they change in the checkpoint's own configuration.
SCHEDULERS = {
    "ddim": ("DDIMScheduler", {}),
    "pndm": ("PNDMScheduler", {}),
    "ddpm": ("DDPMScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "tcd": ("TCDScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
}
# Those that a spacing of noise levels can be chosen for, as in `euler-karras`.
SPACED = {
    "euler": ("EulerDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "lms": ("LMSDiscreteScheduler", {}),
    "kdpm2": ("KDPM2DiscreteScheduler", {}),
    "kdpm2-ancestral": ("KDPM2AncestralDiscreteScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "deis": ("DEISMultistepScheduler", {"algorithm_type": "deis"}),
    "dpmsolver++": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    "sde-dpmsolver++": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "dpmsolver-singlestep": ("DPMSolverSinglestepScheduler", {"algorithm_type": "dpmsolver++"}),
    "dpmsolver-sde": ("DPMSolverSDEScheduler", {}),
}
SPACINGS = ("karras", "exponential", "beta")
for _name, (_kind, _changes) in SPACED.items():
    for _spacing in (None, *SPACINGS):
        SCHEDULERS[f"{_name}-{_spacing}" if _spacing else _name] = (
            _kind, {**_changes, **{f"use_{spacing}_sigmas": spacing == _spacing for spacing in SPACINGS}})


class Refusal(Exception):
    """What the user can mend: its text is the answer."""


def load(module: str):
    try:
        return __import__(module)
    except ImportError as error:
        raise Refusal(
            f"{sys.executable} has no working package '{module}' ({error}); install it with "
            f"`{sys.executable} -m pip install {module}`, or name another interpreter with --python") from error


def version(module: str) -> str:
    """Of a package that does not say itself; one that is not installed as a package has none."""
    try:
        return metadata.version(module)
    except metadata.PackageNotFoundError:
        return "unknown"


class Worker:
    def __init__(self, request: dict):
        if request.get("protocol") != PROTOCOL:
            raise Refusal(f"this worker speaks protocol {PROTOCOL}, not {request.get('protocol')}")
        self.torch, self.diffusers = load("torch"), load("diffusers")
        load("transformers")
        self.tomesd = load("tomesd")
        self.device = self._device(request.get("device") or "auto")
        dtypes = {"fp32": self.torch.float32, "fp16": self.torch.float16, "bf16": self.torch.bfloat16}
        precision = request.get("precision") or "fp32"
        if precision not in dtypes:
            raise Refusal(f"precision '{precision}' is none of {', '.join(dtypes)}")
        model = request["model"]
        options = {"dtype" if self._takes_dtype() else "torch_dtype": dtypes[precision]}
        try:
            if os.path.isfile(model):
                self.pipeline = getattr(self.diffusers, self._single_file(model)).from_single_file(model, **options)
            else:
                self.pipeline = self.diffusers.DiffusionPipeline.from_pretrained(
                    model, local_files_only=os.path.isdir(model), **options)
        except Exception as error:
            raise Refusal(f"{model} cannot be loaded by diffusers {self.diffusers.__version__}: {error}") from error
        if getattr(self.pipeline, "safety_checker", None) is not None:
            self.pipeline.safety_checker = None
        self.pipeline.to(self.device)
        self.pipeline.set_progress_bar_config(disable=True)
        self.own_scheduler = self.pipeline.scheduler
        self.model = model
        self.precision = precision
        self.parameters = inspect.signature(type(self.pipeline).__call__).parameters
        if not {"prompt", "num_inference_steps", "guidance_scale"} <= set(self.parameters):
            raise Refusal(f"{model} is a {type(self.pipeline).__name__}, which makes no pictures from prompts")

    @staticmethod
    def _single_file(path: str) -> str:
        """The pipeline of a single file's family: SDXL's text encoders have a prefix of their own."""
        from safetensors import safe_open

        with safe_open(path, "pt") as file:
            is_xl = any(name.startswith("conditioner.embedders.1.") for name in file.keys())
        return "StableDiffusionXLPipeline" if is_xl else "StableDiffusionPipeline"

    def _takes_dtype(self) -> bool:
        major, minor = (int(part) for part in self.diffusers.__version__.split(".")[:2])
        return (major, minor) >= (0, 36)

    def _device(self, name: str) -> str:
        cuda = self.torch.cuda.is_available()
        mps = getattr(self.torch.backends, "mps", None) is not None and self.torch.backends.mps.is_available()
        if name == "auto":
            return "cuda" if cuda else "mps" if mps else "cpu"
        if (name.startswith("cuda") and not cuda) or (name == "mps" and not mps):
            raise Refusal(f"torch {self.torch.__version__} of {sys.executable} sees no {name} device")
        return name

    def hello(self) -> dict:
        unet = self.pipeline.unet
        size = unet.config.sample_size
        width, height = (size[1], size[0]) if isinstance(size, (list, tuple)) else (size, size)
        factor = self.pipeline.vae_scale_factor
        # Those of the pipeline's class: SDXL has another scale than Stable Diffusion 1.x.
        steps, scale = (self.parameters[name].default for name in ("num_inference_steps", "guidance_scale"))
        defaults = {"width": width * factor, "height": height * factor, "steps": steps, "guidance_scale": scale}
        stored = os.path.join(self.model, "tome-eval.json")
        if os.path.isfile(stored):
            with open(stored, encoding="utf8") as file:
                own = json.load(file)
            defaults.update({key: own[key] for key in ("steps", "guidance_scale") if key in own})
        torch = self.torch
        name = torch.cuda.get_device_name(self.device) if self.device.startswith("cuda") else self.device
        versions = {"torch": torch.__version__, "tomesd": version("tomesd"),
                    "diffusers": self.diffusers.__version__}
        return {
            "type": "hello", "protocol": PROTOCOL, "name": "diffusers", "version": self.diffusers.__version__,
            "versions": versions, "device": None if name == "cpu" else name, "defaults": defaults, "factor": factor,
            "framing": "original_size" in self.parameters, "grids": self._grids(), "schedulers": list(SCHEDULERS),
            "merging": ["ratio", "max_downsample", "sx", "sy", "use_rand", "merge_attn", "merge_crossattn", "merge_mlp"],
        }

    def _grids(self) -> list[dict]:
        """How many transformer blocks there are at which downsampling of the latents."""
        blocks: dict[int, int] = {}
        unet = self.pipeline.unet
        down = 1
        for block in unet.down_blocks:
            blocks[down] = blocks.get(down, 0) + self._transformers(block)
            if getattr(block, "downsamplers", None):
                down *= 2
        if unet.mid_block is not None:
            blocks[down] = blocks.get(down, 0) + self._transformers(unet.mid_block)
        for block in unet.up_blocks:
            blocks[down] = blocks.get(down, 0) + self._transformers(block)
            if getattr(block, "upsamplers", None):
                down //= 2
        return [{"downsample": factor, "blocks": count} for factor, count in sorted(blocks.items()) if count]

    @staticmethod
    def _transformers(block) -> int:
        return sum(len(attention.transformer_blocks) for attention in getattr(block, "attentions", None) or []
                   if hasattr(attention, "transformer_blocks"))

    def _scheduler(self, name, seed: int):
        if name is None:
            scheduler = type(self.own_scheduler).from_config(self.own_scheduler.config)
        elif name not in SCHEDULERS:
            raise Refusal(f"scheduler '{name}' is none of {', '.join(SCHEDULERS)}")
        else:
            kind, changes = SCHEDULERS[name]
            if kind == "DPMSolverSDEScheduler":
                load("torchsde")
            scheduler = getattr(self.diffusers, kind).from_config(self.own_scheduler.config, **changes)
        # One that does not draw its noise from the picture's generator would have it at random.
        if vars(scheduler).get("noise_sampler_seed", seed) is None:
            scheduler.noise_sampler_seed = seed
        return scheduler

    def _synchronize(self):
        if self.device.startswith("cuda"):
            self.torch.cuda.synchronize()
        elif self.device == "mps":
            self.torch.mps.synchronize()

    def generate(self, request: dict) -> dict:
        torch, pipeline = self.torch, self.pipeline
        seed = int(request["seed"])
        pipeline.scheduler = self._scheduler(request.get("scheduler"), seed)
        self.tomesd.remove_patch(pipeline)
        merging = request.get("merging")
        if merging is not None:
            self.tomesd.apply_patch(pipeline, **merging)
        torch.manual_seed(seed)
        times = []

        def after_step(_pipeline, _index, _timestep, values):
            self._synchronize()
            times.append(time.perf_counter())
            return values

        wanted = {"negative_prompt": request.get("negative_prompt") or None, "eta": request.get("eta") or None}
        # diffusers writes sizes as height and width.
        if request.get("original_size"):
            wanted["original_size"] = tuple(reversed(request["original_size"]))
        if request.get("crop"):
            wanted["crops_coords_top_left"] = tuple(reversed(request["crop"]))
        wanted = {name: value for name, value in wanted.items() if value is not None}
        for name in wanted:
            if name not in self.parameters:
                raise Refusal(f"a {type(pipeline).__name__} has no {name}")

        if self.device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats()
        self._synchronize()
        start = time.perf_counter()
        with torch.no_grad():
            picture = pipeline(
                request["prompt"], num_inference_steps=request["steps"], guidance_scale=request["guidance_scale"],
                width=request["width"], height=request["height"], generator=torch.Generator("cpu").manual_seed(seed),
                callback_on_step_end=after_step, **wanted).images[0]
        self._synchronize()
        seconds = time.perf_counter() - start
        picture.save(request["output"])
        steps = sorted(after - before for before, after in zip(times, times[1:]))
        return {
            "id": request["id"], "path": request["output"], "seconds": seconds,
            "seconds_per_step": steps[len(steps) // 2] if steps else None,
            "peak_memory_bytes": torch.cuda.max_memory_allocated() if self.device.startswith("cuda") else None,
        }


def main() -> None:
    # Answers have a stream of their own: libraries print wherever they like.
    answers = os.fdopen(os.dup(1), "w", encoding="utf8")
    os.dup2(2, 1)
    worker = None
    for line in sys.stdin:
        request, answer = None, None
        try:
            request = json.loads(line)
            if request["type"] == "bye":
                return
            if request["type"] == "hello":
                worker = Worker(request)
                answer = worker.hello()
            else:
                answer = worker.generate(request)
        except Refusal as error:
            answer = {"error": str(error)}
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            answer = {"error": f"{type(error).__name__}: {error}"}
        if request is not None and "id" in request:
            answer["id"] = request["id"]
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
