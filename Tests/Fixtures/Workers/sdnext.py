"""Stands for SD.Next: its API as `modules/api` documents it, options that hold for one request as `modules/processing.py`
has them, and infotexts as `modules/processing_info.py` writes them. After every picture its log gets a line of the path
"options" that tells them all. Needs nothing but Python.

    python3 sdnext.py [MODE [LOG [PORT]]]
"""

import threading

from sdapi import CHECKPOINT, SDAPI
from service import serve

# As they are delivered: what lists leave out until it is changed.
DEFAULTS = {
    "samples_format": "jpg", "keep_incomplete": True, "token_merging_method": "None", "tome_ratio": 0.0, "todo_ratio": 0.0,
    "hypertile_unet_enabled": False, "prompt_attention": "native", "schedulers_sigma": "default", "sd_vae": "Automatic",
    "diffusers_generator_device": "GPU", "sd_model_checkpoint": None}
SPACINGS = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"]


class SDNext(SDAPI):
    # What was changed there.
    changed = {"sd_model_checkpoint": CHECKPOINT["title"], "samples_format": "png", "theme_type": "Modern", "ui_disabled": []}
    changed.update({
        "jpeg": {"samples_format": "jpg"}, "hypertile": {"hypertile_unet_enabled": True},
        # Whoever uses it merges, keeps nothing incomplete, and has another parser and other noise levels.
        "lived-in": {
            "token_merging_method": "ToDo", "tome_ratio": 0.3, "todo_ratio": 0.5, "keep_incomplete": False,
            "prompt_attention": "compel", "schedulers_sigma": "exponential", "diffusers_generator_device": "CPU"},
    }.get(SDAPI.mode, {}))
    if SDAPI.mode == "delivered":
        del changed["samples_format"]
    queue = threading.Lock()

    def samplers(self):
        def sampler(name, spacings):
            return {"name": name, "options": {"timestep_spacing": "linspace", **{key: False for key in spacings}}}
        return [sampler(name, SPACINGS) for name in ["UniPC", "Euler", "DPM++ 2M", "DPM SDE", "LMSD"]] + [
            sampler(name, []) for name in ["DDIM", "Euler a"]]

    def lists(self):
        lists = {
            "/sdapi/v1/options": lambda: self.changed, "/sdapi/v1/samplers": self.samplers,
            "/sdapi/v1/sd-models": lambda: [{**CHECKPOINT, "type": "safetensors"}], "/sdapi/v1/interrupt": dict,
            # Of another form than the web UI's.
            "/sdapi/v1/schedulers": lambda: [{"name": "Euler", "cls": "EulerDiscreteScheduler", "options": {}}],
            "/sdapi/v1/version": lambda: {
                "app": "other" if self.mode == "stranger" else "sd.next", "updated": "2026-04-04", "commit": "0eb4a98e0",
                "branch": "master", "url": "https://github.com/vladmandic/sdnext/tree/master", "kanvas": "main"}}
        if self.mode != "old":
            lists["/sdapi/v2/system-info"] = lambda: {
                "torch": "2.7.1+cu126", "backend": "DIFFUSERS",
                "gpu": {"device": "NVIDIA GeForce RTX 4090 n=1 arch=sm_90 capability=(8, 9)", "cuda": "12.6"}}
        return lists

    def option(self, name):
        return self.changed.get(name, DEFAULTS[name])

    def made(self, body):
        with self.queue:
            stored = {}
            # With --freeze nothing can be set.
            frozen = self.mode == "frozen" and "bad" in body["prompt"]
            for name, value in ({} if frozen else body.get("override_settings") or {}).items():
                # As there: what is not, and what is false, is taken back to how it was delivered.
                original = self.changed.get(name) or DEFAULTS[name]
                if original != value:
                    stored[name] = original
                    self.changed[name] = value
            try:
                method = self.option("token_merging_method")
                ratio = {"None": 0, "ToMe": self.option("tome_ratio"), "ToDo": 0.75}[method]
                return ratio, self.infotext(body)
            finally:
                if body.get("override_settings_restore_afterwards", True):
                    self.changed.update(stored)
                self.note("options", {name: self.option(name) for name in DEFAULTS})

    def own_info(self, body):
        return {"cfg_end": None, "detailer": False, "detailer_model": None}

    def pictures(self, body, clock):
        status, answer, clock = super().pictures(body, clock)
        if self.mode == "breaks" and "bad" in body["prompt"]:
            # What breaks while a picture is sampled is written to its log alone.
            answer = {**answer, "images": []}
        return status, answer, clock

    def infotext(self, body):
        lies = self.lies(body)
        method, parser, sigma = (
            self.option(name) for name in ["token_merging_method", "prompt_attention", "schedulers_sigma"])
        fields = {
            "Steps": body["steps"] - lies, "Size": f"{body['width']}x{body['height']}", "Sampler": body["sampler_name"],
            "Seed": body["seed"], "CFG scale": max(body["cfg_scale"], 1.0), "App": "SD.Next", "Version": "0eb4a98",
            "Parser": parser if parser != "native" else None, "Pipeline": "StableDiffusionPipeline",
            "Operations": "txt2img", "Model": CHECKPOINT["model_name"], "Model hash": CHECKPOINT["hash"],
            "ToMe": (self.option("tome_ratio") or None) if method == "ToMe" and not lies else None,
            "ToDo": (self.option("todo_ratio") or None) if method == "ToDo" else None,
            "Sampler sigma": sigma if sigma != "default" else None}
        line = ", ".join(f"{name}: {value}" for name, value in fields.items() if value is not None)
        return f"{body['prompt']}\nNegative prompt: {body.get('negative_prompt', '')}\n{line}"


if __name__ == "__main__":
    serve(SDNext)
