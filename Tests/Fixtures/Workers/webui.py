"""Stands for AUTOMATIC1111's web UI: its API as `modules/api` documents it, with pictures of stripes whose pixels depend
on prompt, seed and ratio. Misbehaves as its first argument says, on every picture or on those whose prompt holds "bad".
Needs nothing but Python.

    python3 webui.py [MODE [LOG [PORT]]]
"""

import base64
import json
import time

from service import Dropped, Handler, serve
from stripes import png, shade

CHECKPOINT = {
    "title": "v1-5-pruned-emaonly.safetensors [6ce0161689]", "model_name": "v1-5-pruned-emaonly", "hash": "6ce0161689",
    "sha256": "6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
    "filename": "/models/v1-5-pruned-emaonly.safetensors", "config": None}
SCHEDULES = ["Automatic", "Uniform", "Karras", "Exponential", "Beta"]
NUMBERS = {"seed": int, "steps": int, "width": int, "height": int, "cfg_scale": (int, float)}


class WebUI(Handler):
    tries = {}

    def options(self):
        return {
            "samples_format": "jpg" if self.mode == "jpeg" else "png", "sd_model_checkpoint": CHECKPOINT["title"],
            "sd_checkpoint_hash": CHECKPOINT["sha256"], "sd_vae": "Automatic", "CLIP_stop_at_last_layers": 1,
            "randn_source": "GPU", "eta_noise_seed_delta": 0, "token_merging_ratio": 0.5 if self.mode == "merging" else 0,
            "token_merging_ratio_hr": 0, "add_version_to_infotext": True}

    def samplers(self):
        names = ["DPM++ 2M", "Euler a", "Euler", "LMS", "DDIM"]
        if self.mode == "old":
            names += ["DPM++ 2M Karras", "LMS Karras"]
        return [{"name": name, "aliases": [], "options": {}} for name in names]

    def answer(self, method, path, query, body):
        clock = {} if self.mode == "clockless" else {"X-Process-Time": "0.01"}
        if path == "/internal/sysinfo" and self.mode != "old":
            return 200, {
                "Version": "v1.10.1", "Commit": "82a973c04367123ae98bd9abdf80d9eda9b910e2",
                "Torch env info": {"torch_version": "2.1.2+cu121", "nvidia_gpu_models": "GPU 0: NVIDIA GeForce RTX 4090"}}, {}
        found = {
            "/sdapi/v1/options": self.options, "/sdapi/v1/samplers": self.samplers,
            "/sdapi/v1/sd-models": lambda: [CHECKPOINT],
            "/sdapi/v1/schedulers": lambda: [{"name": name.lower(), "label": name, "aliases": None} for name in SCHEDULES],
            "/sdapi/v1/interrupt": dict, "/sdapi/v1/txt2img": None}
        if path not in found or self.mode == "noapi" or (self.mode == "old" and path.endswith("schedulers")):
            return 404, {"detail": "Not Found"}, {}
        if found[path]:
            return 200, found[path](), clock
        return self.text_to_image(body, clock)

    def text_to_image(self, body, clock):
        for name, kind in NUMBERS.items():
            if not isinstance(body.get(name), kind):
                return self.wrong_field(name)
        if body["sampler_name"] not in [sampler["name"] for sampler in self.samplers()]:
            return 404, {"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}, {}
        if "bad" in body["prompt"]:
            self.misbehave(body)
            if self.mode == "refuses":
                return self.wrong_field("steps")
            if self.mode == "fails":
                return 500, {"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}, {}
            if self.mode == "page":
                return 200, b"<html>Loading...</html>", clock
        return self.pictures(body, clock)

    def misbehave(self, body):
        key = json.dumps(body, sort_keys=True)
        WebUI.tries[key] = WebUI.tries.get(key, 0) + 1
        if self.mode == "drops" or (self.mode == "hiccups" and WebUI.tries[key] == 1):
            raise Dropped
        if self.mode == "hangs":
            time.sleep(60)

    @staticmethod
    def wrong_field(name):
        return 422, {
            "detail": [{"loc": ["body", name], "msg": "value is not a valid integer", "type": "type_error.integer"}]}, {}

    def pictures(self, body, clock):
        overrides = body.get("override_settings") or {}
        # As there: a ratio of 0 falls back to the option itself.
        ratio = overrides.get("token_merging_ratio") or self.options()["token_merging_ratio"]
        drawn = 0 if self.mode == "deaf" else ratio
        text = self.infotext(body, ratio)
        picture = png(body["width"], body["height"], shade(body["prompt"], body["seed"], drawn), [("parameters", text)])
        info = self.info(body, text)
        if clock:
            clock = {"X-Process-Time": str(2.0 - ratio)}
        return 200, {
            "images": [base64.b64encode(picture).decode()], "parameters": body, "info": json.dumps(info)}, clock

    @staticmethod
    def info(body, text):
        """All that `Processed.js` of `modules/processing.py` tells."""
        prompt, negative, seed = body["prompt"], body.get("negative_prompt", ""), body["seed"]
        return {
            "prompt": prompt, "all_prompts": [prompt], "negative_prompt": negative, "all_negative_prompts": [negative],
            "seed": seed, "all_seeds": [seed], "subseed": 1, "all_subseeds": [1], "subseed_strength": 0,
            "width": body["width"], "height": body["height"], "sampler_name": body["sampler_name"],
            "cfg_scale": body["cfg_scale"], "steps": body["steps"], "batch_size": 1, "restore_faces": False,
            "face_restoration_model": None, "sd_model_name": CHECKPOINT["model_name"], "sd_model_hash": CHECKPOINT["hash"],
            "sd_vae_name": None, "sd_vae_hash": None, "seed_resize_from_w": -1, "seed_resize_from_h": -1,
            "denoising_strength": None, "extra_generation_params": {}, "index_of_first_image": 0, "infotexts": [text],
            "styles": [], "job_timestamp": "20260101000000", "clip_skip": 1, "is_using_inpainting_conditioning": False,
            "version": "v1.10.1"}

    def infotext(self, body, ratio):
        lies = self.mode == "contradicts" and "bad" in body["prompt"]
        fields = [("Steps", body["steps"] - lies), ("Sampler", body["sampler_name"])]
        if body.get("scheduler"):
            fields.append(("Schedule type", body["scheduler"]))
        fields += [
            ("CFG scale", body["cfg_scale"]), ("Seed", body["seed"]), ("Size", f"{body['width']}x{body['height']}"),
            ("Model hash", CHECKPOINT["hash"]), ("Model", CHECKPOINT["model_name"])]
        if ratio and not lies:
            fields.append(("Token merging ratio", ratio))
        fields.append(("Version", "v1.10.1"))
        negative = f"\nNegative prompt: {body['negative_prompt']}" if body.get("negative_prompt") else ""
        return body["prompt"] + negative + "\n" + ", ".join(f"{name}: {value}" for name, value in fields)


serve(WebUI)
